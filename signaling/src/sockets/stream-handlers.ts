import { RateLimiter, rateLimits } from '../privacy/rate-limits.ts';
import { assertPlace, type HandlerContext, type RequestHandlers } from './handler.ts';

type StreamRequests = 'stream:publish' | 'stream:watch';

/** Publishing and watching. */
export function streamHandlers({ streams, sessions }: HandlerContext): Pick<RequestHandlers, StreamRequests> {
  const wrongKeys = new RateLimiter(rateLimits.wrongKey);
  return {
    'stream:publish': async (connection, { streamId, publishKey }) => {
      assertPlace(connection);
      const stream = await wrongKeys.unlessFails(connection.address, () =>
        streams.toOwn(streamId, publishKey),
      );
      const reply = await streams.toPublish(stream).publish(connection);
      connection.adopt(sessions.get(reply.sessionId));
      return reply;
    },

    'stream:watch': async (connection, { streamId, rtpCapabilities }) => {
      assertPlace(connection);
      const reply = await streams.toWatch(streamId).watch(connection, rtpCapabilities);
      connection.adopt(sessions.get(reply.sessionId));
      return reply;
    },
  };
}
