export {
  type Audience,
  type ErrorCode,
  MeshliftError,
  type RoomMode,
  type RoomModeChoice,
  type StreamLinks,
} from '@meshlift/protocol';
export type { SwitchReport } from './lift/lifted-room.ts';
export type { Publication, PublicationEvents, PublicationState } from './publish/publication.ts';
export { type PublishOptions, publish } from './publish/publish.ts';
export type { VideoCodec } from './relay/send-path.ts';
export { type JoinOptions, joinRoom } from './rooms/join-room.ts';
export type { Participant } from './rooms/participant.ts';
export type { RemoteStream, RemoteStreamEvents } from './rooms/remote-stream.ts';
export type { Room, RoomEvents, RoomStay } from './rooms/room.ts';
export type { OfferedStream } from './rooms/room-audience.ts';
export type { Quality, View, ViewEvents, ViewState } from './watch/view.ts';
export { type WatchOptions, watchStream } from './watch/watch-stream.ts';
