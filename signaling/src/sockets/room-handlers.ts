import { RateLimiter, rateLimits } from '../privacy/rate-limits.ts';
import { assertPlace, done, type HandlerContext, type RequestHandlers } from './handler.ts';

type RoomRequests = 'room:join' | 'room:signal' | 'room:setLocked' | 'room:handOver';

/** Rooms. */
export function roomHandlers({ rooms, sessions }: HandlerContext): Pick<RequestHandlers, RoomRequests> {
  const wrongKeys = new RateLimiter(rateLimits.wrongKey);
  return {
    'room:join': async (connection, { roomId, hostKey }) => {
      assertPlace(connection);
      const room = rooms.open(roomId);
      const reply = await wrongKeys.unlessFails(connection.address, () => room.join(connection, hostKey));
      connection.adopt(sessions.get(reply.sessionId));
      return reply;
    },

    'room:signal': async (connection, { sessionId, to, signal }) => {
      const session = connection.session(sessionId, 'participant');
      return rooms.of(session).signal(session, to, signal);
    },

    'room:setLocked': async (connection, { sessionId, locked }) => {
      const session = connection.session(sessionId, 'participant');
      rooms.of(session).setLocked(session, locked);
      return done;
    },

    'room:handOver': async (connection, { sessionId, to }) => {
      const session = connection.session(sessionId, 'participant');
      rooms.of(session).handOver(session, to);
      return done;
    },
  };
}
