import { EMPTY_REPLY, type HandlerContext, type RequestHandlers } from './handler.ts';

type MediaRequests = Extract<keyof RequestHandlers, `${'transport' | 'producer' | 'consumer'}:${string}`>;

/** What a session asks of the media node, once it is known to be its own. */
export function mediaHandlers({ node }: HandlerContext): Pick<RequestHandlers, MediaRequests> {
  return {
    'transport:connect': async (connection, { sessionId, dtlsParameters }) => {
      const { id } = connection.session(sessionId);
      await node.connectTransport(id, dtlsParameters);
      return EMPTY_REPLY;
    },

    'transport:check': async (connection, { sessionId }) => {
      const { id } = connection.session(sessionId);
      await node.describeSession(id);
      return EMPTY_REPLY;
    },

    'transport:restartIce': async (connection, { sessionId }) => {
      const { id } = connection.session(sessionId);
      return { iceParameters: await node.restartIce(id) };
    },

    'producer:open': async (connection, { sessionId, ...producer }) => {
      const { id } = connection.session(sessionId, 'publisher');
      return node.openProducer(id, producer);
    },

    'producer:setPaused': async (connection, { sessionId, producerId, paused }) => {
      const { id } = connection.session(sessionId, 'publisher');
      await node.setProducerPaused(id, producerId, paused);
      return EMPTY_REPLY;
    },

    'producer:close': async (connection, { sessionId, producerId }) => {
      const { id } = connection.session(sessionId, 'publisher');
      await node.closeProducer(id, producerId);
      return EMPTY_REPLY;
    },

    'consumer:resume': async (connection, { sessionId, consumerIds }) => {
      const { id } = connection.session(sessionId, 'viewer');
      await node.resumeConsumers(id, consumerIds);
      return EMPTY_REPLY;
    },

    'consumer:pause': async (connection, { sessionId, consumerIds }) => {
      const { id } = connection.session(sessionId, 'viewer');
      await node.pauseConsumers(id, consumerIds);
      return EMPTY_REPLY;
    },

    'consumer:setLayers': async (connection, { sessionId, consumerId, layers }) => {
      const { id } = connection.session(sessionId, 'viewer');
      await node.setConsumerLayers(id, consumerId, layers);
      return EMPTY_REPLY;
    },
  };
}
