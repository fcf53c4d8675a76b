import { RateLimiter, rateLimits } from '../access/rate-limits.ts';
import type { Connection } from './connection.ts';
import { EMPTY_REPLY, type HandlerContext, type RequestHandlers } from './handler.ts';
import { assertSessionLimit } from './session-limit.ts';

type RoomRequests = Extract<keyof RequestHandlers, `room:${string}`>;

/** Rooms. */
export function roomHandlers({
  cluster,
  rooms,
  sessions,
}: HandlerContext): Pick<RequestHandlers, RoomRequests> {
  const wrongKeys = new RateLimiter(rateLimits.wrongKey);
  const newRooms = new RateLimiter(rateLimits.createRoom);
  /** After a pause of this process another one may answer for the room. */
  const inRoom = async (connection: Connection, sessionId: string) => {
    await cluster.directory.awake();
    const session = connection.session(sessionId, 'participant');
    return { session, room: rooms.of(session) };
  };
  return {
    'room:join': async (connection, arrival) => {
      assertSessionLimit(connection);
      if (!rooms.has(arrival.roomId)) await newRooms.take(connection.address);
      const reply = await rooms.claims.during(arrival.roomId, () =>
        wrongKeys.countFailures(connection.address, () => rooms.join(connection, arrival)),
      );
      connection.adopt(sessions.get(connection.tokenKind, reply.sessionId));
      return reply;
    },

    'room:signal': async (connection, { sessionId, to, signal }) => {
      const { session, room } = await inRoom(connection, sessionId);
      return room.signal(session, to, signal);
    },

    'room:setLocked': async (connection, { sessionId, locked }) => {
      const { session, room } = await inRoom(connection, sessionId);
      room.members.setLocked(session, locked);
      return EMPTY_REPLY;
    },

    'room:handOver': async (connection, { sessionId, to }) => {
      const { session, room } = await inRoom(connection, sessionId);
      room.members.handOver(session, to);
      return EMPTY_REPLY;
    },

    'room:setMode': async (connection, { sessionId, mode, epoch }) => {
      const { session, room } = await inRoom(connection, sessionId);
      room.members.assertHost(session);
      await room.modes.setMode(mode, epoch);
      return EMPTY_REPLY;
    },

    'room:advise': async (connection, { sessionId, epoch, advice }) => {
      const { session, room } = await inRoom(connection, sessionId);
      room.modes.advise(room.members.of(session).id, epoch, advice);
      return EMPTY_REPLY;
    },

    'room:publish': async (connection, { sessionId, ...known }) => {
      const { session, room } = await inRoom(connection, sessionId);
      const participantId = room.members.of(session).id;
      return wrongKeys.countFailures(connection.address, () =>
        room.audiences.publish(participantId, session, connection, known),
      );
    },

    'room:setAudience': async (connection, { sessionId, allowed }) => {
      const { session, room } = await inRoom(connection, sessionId);
      await room.audiences.setAllowed(room.members.of(session).id, allowed);
      return EMPTY_REPLY;
    },

    'room:switchStep': async (connection, { sessionId, epoch, step }) => {
      const { session, room } = await inRoom(connection, sessionId);
      room.modes.report(room.members.of(session).id, epoch, step);
      return EMPTY_REPLY;
    },

    'room:decideSwitch': async (connection, { sessionId, epoch, leaveOut }) => {
      const { session, room } = await inRoom(connection, sessionId);
      room.members.assertHost(session);
      room.modes.decide(epoch, leaveOut);
      return EMPTY_REPLY;
    },

    'room:send': async (connection, { sessionId }) => {
      assertSessionLimit(connection);
      const { session, room } = await inRoom(connection, sessionId);
      const reply = await room.media.openSend(room.members.of(session).id, connection);
      connection.adopt(sessions.get(connection.tokenKind, reply.sessionId));
      return reply;
    },

    'room:receive': async (connection, { sessionId, rtpCapabilities }) => {
      assertSessionLimit(connection);
      const { session, room } = await inRoom(connection, sessionId);
      const participantId = room.members.of(session).id;
      const reply = await room.media.openReceive(participantId, connection, { rtpCapabilities });
      connection.adopt(sessions.get(connection.tokenKind, reply.sessionId));
      return reply;
    },
  };
}
