import { RateLimiter, rateLimits } from '../access/rate-limits.ts';
import { assertPlace, done, type HandlerContext, type RequestHandlers } from './handler.ts';

type RoomRequests = Extract<keyof RequestHandlers, `room:${string}`>;

/** Rooms. */
export function roomHandlers({ rooms, sessions }: HandlerContext): Pick<RequestHandlers, RoomRequests> {
  const wrongKeys = new RateLimiter(rateLimits.wrongKey);
  const newRooms = new RateLimiter(rateLimits.createRoom);
  return {
    'room:join': async (connection, arrival) => {
      assertPlace(connection);
      if (!rooms.has(arrival.roomId)) await newRooms.take(connection.address);
      const reply = await wrongKeys.unlessFails(connection.address, () => rooms.join(connection, arrival));
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

    'room:setMode': async (connection, { sessionId, mode, epoch }) => {
      const session = connection.session(sessionId, 'participant');
      const room = rooms.of(session);
      room.assertHost(session);
      await room.modes.setMode(mode, epoch);
      return done;
    },

    'room:advise': async (connection, { sessionId, epoch, advice }) => {
      const session = connection.session(sessionId, 'participant');
      const room = rooms.of(session);
      room.modes.advise(room.participantOf(session), epoch, advice);
      return done;
    },

    'room:publish': async (connection, { sessionId, ...known }) => {
      const session = connection.session(sessionId, 'participant');
      const room = rooms.of(session);
      const participantId = room.participantOf(session);
      return wrongKeys.unlessFails(connection.address, () =>
        room.audiences.publish(participantId, session, connection, known),
      );
    },

    'room:setAudience': async (connection, { sessionId, allowed }) => {
      const session = connection.session(sessionId, 'participant');
      const room = rooms.of(session);
      await room.audiences.setAllowed(room.participantOf(session), allowed);
      return done;
    },

    'room:switchStep': async (connection, { sessionId, epoch, step }) => {
      const session = connection.session(sessionId, 'participant');
      const room = rooms.of(session);
      room.modes.report(room.participantOf(session), epoch, step);
      return done;
    },

    'room:decideSwitch': async (connection, { sessionId, epoch, leaveOut }) => {
      const session = connection.session(sessionId, 'participant');
      const room = rooms.of(session);
      room.assertHost(session);
      room.modes.decide(epoch, leaveOut);
      return done;
    },

    'room:send': async (connection, { sessionId }) => {
      assertPlace(connection);
      const session = connection.session(sessionId, 'participant');
      const reply = await rooms.of(session).openSend(session, connection);
      connection.adopt(sessions.get(reply.sessionId));
      return reply;
    },

    'room:receive': async (connection, { sessionId, rtpCapabilities }) => {
      assertPlace(connection);
      const session = connection.session(sessionId, 'participant');
      const reply = await rooms.of(session).openReceive(session, connection, rtpCapabilities);
      connection.adopt(sessions.get(reply.sessionId));
      return reply;
    },
  };
}
