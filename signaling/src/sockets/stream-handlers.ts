import { Claiming } from '../streams/claiming.ts';
import { streamLinks } from '../streams/stream-links.ts';
import { assertPlace, type HandlerContext, type RequestHandlers } from './handler.ts';

type StreamRequests = 'stream:publish' | 'stream:watch';

/** Publishing and watching. */
export function streamHandlers({ streams, node }: HandlerContext): Pick<RequestHandlers, StreamRequests> {
  const claiming = new Claiming(streams);
  return {
    'stream:publish': async (connection, { streamId, publishKey }) => {
      assertPlace(connection);
      const stream = await claiming.streamFor(connection.address, streamId, publishKey);
      const { session, opened: transport } = await streams.publish(
        stream,
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
