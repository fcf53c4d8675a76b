import { PublishAccess } from '../streams/publish-access.ts';
import { streamLinks } from '../streams/stream-links.ts';
import type { HandlerContext, RequestHandlers } from './handler.ts';
import { assertSessionLimit } from './session-limit.ts';

type StreamRequests = 'stream:publish' | 'stream:watch';

/** Publishing and watching. */
export function streamHandlers({ streams, node }: HandlerContext): Pick<RequestHandlers, StreamRequests> {
  const access = new PublishAccess(streams);
  return {
    'stream:publish': async (connection, { streamId, publishKey }) => {
      assertSessionLimit(connection);
      const stream = await access.streamFor(connection.address, streamId, publishKey);
      const { session, opened } = await streams.publish(
        stream,
        connection,
        ({ relayId, sessionId, sourceId }) => node.openIngest({ relayId, sessionId, sourceId, terms: {} }),
        { by: 'page' },
      );
      connection.adopt(session);
      const links = streamLinks(connection.baseUrl, stream.id);
      return { sessionId: session.id, ...opened, links, viewers: stream.viewers };
    },

    'stream:watch': async (connection, { streamId, rtpCapabilities }) => {
      assertSessionLimit(connection);
      const { session, opened, ...standing } = await streams
        .getWatchable(streamId)
        .watch(connection, ({ relayId, sessionId, subscription }) =>
          node.openViewer({ relayId, sessionId, subscription, terms: { rtpCapabilities } }),
        );
      connection.adopt(session);
      return { sessionId: session.id, ...opened, ...standing };
    },
  };
}
