import { RateLimiter, rateLimits } from '../privacy/rate-limits.ts';
import { streamLinks } from '../streams/stream-links.ts';
import { assertPlace, type HandlerContext, type RequestHandlers } from './handler.ts';

type StreamRequests = 'stream:publish' | 'stream:watch';

/** Publishing and watching. */
export function streamHandlers({ streams, node }: HandlerContext): Pick<RequestHandlers, StreamRequests> {
  const wrongKeys = new RateLimiter(rateLimits.wrongKey);
  return {
    'stream:publish': async (connection, { streamId, publishKey }) => {
      assertPlace(connection);
      const stream = await wrongKeys.unlessFails(connection.address, () =>
        streams.toOwn(streamId, publishKey),
      );
      const { session, opened: transport } = await streams
        .toPublish(stream)
        .publish(
          connection,
          ({ relayId, sessionId, sourceId }) => node.openIngest(relayId, sessionId, sourceId),
          { by: 'page' },
        );
      connection.adopt(session);
      const links = streamLinks(connection.baseUrl, stream.id);
      return { sessionId: session.id, transport, links, viewers: stream.viewers };
    },

    'stream:watch': async (connection, { streamId, rtpCapabilities }) => {
      assertPlace(connection);
      const { session, opened, ...standing } = await streams
        .toWatch(streamId)
        .watch(connection, ({ relayId, sessionId, subscription }) =>
          node.openViewer(relayId, sessionId, rtpCapabilities, subscription),
        );
      connection.adopt(session);
      return { sessionId: session.id, ...opened, ...standing };
    },
  };
}
