export {
  type Audience,
  type CreatedStream,
  type ErrorCode,
  type Finding,
  MeshliftError,
  type RoomMode,
  type RoomModeChoice,
  type StreamLinks,
  type StreamStatus,
  type TrackReport,
} from '@meshlift/protocol';
export { attachMesh } from './attach/attach-mesh.ts';
export type {
  AttachedMesh,
  AttachedMeshEvents,
  AttachedState,
  AttachOptions,
} from './attach/attached-mesh.ts';
export type { MeshAdapter } from './attach/mesh-adapter.ts';
export { PeerConnectionMesh } from './attach/peer-connection-mesh.ts';
export { peerJsMesh } from './attach/peerjs-adapter.ts';
export { simplePeerMesh } from './attach/simple-peer-adapter.ts';
export type { SwitchQuestion, SwitchReport } from './lift/lifted-room.ts';
export type { UplinkUse } from './lift/uplink.ts';
export type { Publication, PublicationEvents, PublicationState } from './publish/publication.ts';
export { type PublishOptions, publish } from './publish/publish.ts';
export type { VideoCodec } from './relay/encodings.ts';
export { type JoinOptions, joinRoom } from './rooms/join-room.ts';
export type { Participant } from './rooms/participant.ts';
export type { RemoteStream, RemoteStreamEvents } from './rooms/remote-stream.ts';
export type { Room } from './rooms/room.ts';
export type { OfferedStream } from './rooms/room-audience.ts';
export type { RoomEvents, RoomStay } from './rooms/room-events.ts';
export { StreamsApi } from './signaling/streams-api.ts';
export type { Quality, View, ViewEvents, ViewState } from './watch/view.ts';
export { type WatchOptions, watchStream } from './watch/watch-stream.ts';
