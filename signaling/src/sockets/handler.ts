import {
  type MediaNode,
  MeshliftError,
  type RequestName,
  type RequestPayload,
  type RequestReply,
} from '@meshlift/protocol';
import type { Rooms } from '../rooms/rooms.ts';
import type { SessionRegistry } from '../sessions/session-registry.ts';
import type { Streams } from '../streams/streams.ts';
import type { Connection } from './connection.ts';

/** What each request does. Payloads have been parsed; what is thrown becomes the error answer. */
export type RequestHandlers = {
  [N in RequestName]: (connection: Connection, payload: RequestPayload<N>) => Promise<RequestReply<N>>;
};

/** What handlers work on. */
export interface HandlerContext {
  streams: Streams;
  rooms: Rooms;
  sessions: SessionRegistry;
  node: MediaNode;
}

/** One connection may hold this many sessions at a time. */
const MOST_SESSIONS = 32;

/** The answer to a request that has nothing to say but that it was done. */
export const done = {};

/** @throws MeshliftError `WRONG_STATE` when the connection holds as many sessions as it may */
export function assertPlace(connection: Connection): void {
  if (connection.sessionCount < MOST_SESSIONS) return;
  throw new MeshliftError('WRONG_STATE', `A connection holds at most ${MOST_SESSIONS} sessions.`);
}
