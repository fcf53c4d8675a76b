export { type ErrorCode, MeshliftError, type StreamLinks } from '@meshlift/protocol';
export type { Publication, PublicationEvents, PublicationState } from './publish/publication.ts';
export { type PublishOptions, publish } from './publish/publish.ts';
export type { VideoCodec } from './relay/send-path.ts';
export type { Quality, View, ViewEvents, ViewState } from './watch/view.ts';
export { type WatchOptions, watchStream } from './watch/watch-stream.ts';
