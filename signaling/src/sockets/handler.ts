import type { MediaNode, RequestName, RequestPayload, RequestReply } from '@meshlift/protocol';
import type { Cluster } from '../cluster/cluster.ts';
import type { Rooms } from '../rooms/rooms.ts';
import type { SessionRegistry } from '../sessions/session-registry.ts';
import type { OrphanedViewers } from '../streams/orphaned-viewers.ts';
import type { Streams } from '../streams/streams.ts';
import type { Connection } from './connection.ts';

/** What each request does. Payloads have been parsed; what is thrown becomes the error answer. */
export type RequestHandlers = {
  [N in RequestName]: (connection: Connection, payload: RequestPayload<N>) => Promise<RequestReply<N>>;
};

/** What handlers work on. */
export interface HandlerContext {
  cluster: Cluster;
  streams: Streams;
  rooms: Rooms;
  sessions: SessionRegistry;
  node: MediaNode;
  orphans: OrphanedViewers;
}

/** The reply to a request that has nothing to say but that it was carried out. */
export const EMPTY_REPLY = {};
