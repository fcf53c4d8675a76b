import { EMPTY_REPLY, type HandlerContext, type RequestHandlers } from './handler.ts';

type MediaRequests = Extract<keyof RequestHandlers, `${'transport' | 'producer' | 'consumer'}:${string}`>;

/** What a session asks of the media node, once it is known to be its own. */
export function mediaHandlers({ node }: HandlerContext): Pick<RequestHandlers, MediaRequests> {
  return {
    'transport:connect': async (connection, { sessionId, dtlsParameters }) => {
      connection.session(sessionId);
      await node.connectTransport(sessionId, dtlsParameters);
      return EMPTY_REPLY;
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
      return EMPTY_REPLY;
    },

    'producer:close': async (connection, { sessionId, producerId }) => {
      connection.session(sessionId, 'publisher');
      await node.closeProducer(sessionId, producerId);
      return EMPTY_REPLY;
    },

    'consumer:resume': async (connection, { sessionId, consumerIds }) => {
      connection.session(sessionId, 'viewer');
      await node.resumeConsumers(sessionId, consumerIds);
      return EMPTY_REPLY;
    },

    'consumer:pause': async (connection, { sessionId, consumerIds }) => {
      connection.session(sessionId, 'viewer');
      await node.pauseConsumers(sessionId, consumerIds);
      return EMPTY_REPLY;
    },

    'consumer:setLayers': async (connection, { sessionId, consumerId, layers }) => {
      connection.session(sessionId, 'viewer');
      await node.setConsumerLayers(sessionId, consumerId, layers);
      return EMPTY_REPLY;
    },
  };
}
