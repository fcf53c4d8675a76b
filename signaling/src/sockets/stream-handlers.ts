import { PublishAccess } from '../streams/publish-access.ts';
import { streamLinks } from '../streams/stream-links.ts';
import type { HandlerContext, RequestHandlers } from './handler.ts';
import { assertSessionLimit } from './session-limit.ts';

type StreamRequests = 'stream:publish' | 'stream:watch';

/** Publishing and watching. */
export function streamHandlers({ streams }: HandlerContext): Pick<RequestHandlers, StreamRequests> {
  const access = new PublishAccess(streams);
  return {
    'stream:publish': async (connection, { streamId, publishKey }) => {
      assertSessionLimit(connection);
      const { address } = connection;
      const stream = await access.streamFor({ address, streamId, publishKey });
      const { session, opened } = await streams.publish(stream, connection, {});
      connection.adopt(session);
      const links = streamLinks(connection.baseUrl, stream.id);
      return { sessionId: session.token, ...opened, links, viewers: stream.viewerCount };
    },

    'stream:watch': async (connection, { streamId, rtpCapabilities }) => {
      assertSessionLimit(connection);
      const stream = await streams.getWatchable(streamId);
      const { session, opened, state, viewers } = await stream.watch(connection, { rtpCapabilities });
      connection.adopt(session);
      return { sessionId: session.token, ...opened, state, viewers };
    },
  };
}
