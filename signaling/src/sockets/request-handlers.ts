import type {
  MediaNode,
  RequestName,
  RequestPayload,
  RequestReply,
  RtpCapabilities,
} from '@meshlift/protocol';
import { MeshliftError } from '@meshlift/protocol';
import { RateLimiter, rateLimits } from '../privacy/rate-limits.ts';
import type { Streams } from '../streams/streams.ts';
import type { Connection } from './connection.ts';

/** What each request does. Payloads have been parsed; what is thrown becomes the error answer. */
export type RequestHandlers = {
  [N in RequestName]: (connection: Connection, payload: RequestPayload<N>) => Promise<RequestReply<N>>;
};

/** One connection may take part in this many streams at a time. */
const MOST_SESSIONS = 32;

const done = {};

export function requestHandlers(streams: Streams, node: MediaNode): RequestHandlers {
  const wrongKeys = new RateLimiter(rateLimits.wrongKey);

  const assertRoom = (connection: Connection) => {
    if (connection.sessionCount < MOST_SESSIONS) return;
    throw new MeshliftError('WRONG_STATE', `A connection takes part in at most ${MOST_SESSIONS} streams.`);
  };

  return {
    'stream:publish': async (connection, { streamId, publishKey }) => {
      assertRoom(connection);
      try {
        streams.toOwn(streamId, publishKey);
      } catch (error) {
        await wrongKeys.take(connection.address);
        throw error;
      }
      const reply = await streams.toOwn(streamId, publishKey).publish(connection);
      connection.adopt(streams.session(reply.sessionId));
      return reply;
    },

    'stream:watch': async (connection, { streamId, rtpCapabilities }) => {
      assertRoom(connection);
      const reply = await streams.toWatch(streamId).watch(connection, rtpCapabilities as RtpCapabilities);
      connection.adopt(streams.session(reply.sessionId));
      return reply;
    },

    'session:resume': async (connection, { sessionId }) => {
      assertRoom(connection);
      const session = streams.session(sessionId);
      connection.adopt(session);
      return session.owner.resume(session, connection);
    },

    'session:close': async (connection, { sessionId }) => {
      const session = connection.session(sessionId);
      await session.owner.leave(session);
      return done;
    },

    'transport:connect': async (connection, { sessionId, dtlsParameters }) => {
      connection.session(sessionId);
      await node.connectTransport(sessionId, dtlsParameters);
      return done;
    },

    'transport:restartIce': async (connection, { sessionId }) => {
      connection.session(sessionId);
      return { iceParameters: await node.restartIce(sessionId) };
    },

    'producer:open': async (connection, { sessionId, ...producer }) => {
      connection.session(sessionId, 'publisher');
      return node.openProducer(sessionId, producer);
    },

    'producer:setPaused': async (connection, { sessionId, producerId, paused }) => {
      connection.session(sessionId, 'publisher');
      await node.setProducerPaused(sessionId, producerId, paused);
      return done;
    },

    'producer:close': async (connection, { sessionId, producerId }) => {
      connection.session(sessionId, 'publisher');
      await node.closeProducer(sessionId, producerId);
      return done;
    },

    'consumer:resume': async (connection, { sessionId, consumerIds }) => {
      connection.session(sessionId, 'viewer');
      await node.resumeConsumers(sessionId, consumerIds);
      return done;
    },

    'consumer:setLayers': async (connection, { sessionId, consumerId, layers }) => {
      connection.session(sessionId, 'viewer');
      await node.setConsumerLayers(sessionId, consumerId, layers);
      return done;
    },
  };
}
