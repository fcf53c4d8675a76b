export { EmbedController, type EmbedControllerEvents, type EmbedState } from './embed-controller.ts';
export type { PlayerLayers, PlayerQuality, PlayerStats } from './embed-messages.ts';
export { MeshliftPlayer, type PlayerEvents, type PlayerFit } from './player.ts';
export { MeshliftRoom, type RoomElementEvents } from './room/room.ts';
