import { EMPTY_REPLY, type HandlerContext, type RequestHandlers } from './handler.ts';
import { mediaHandlers } from './media-handlers.ts';
import { roomHandlers } from './room-handlers.ts';
import { assertSessionLimit } from './session-limit.ts';
import { streamHandlers } from './stream-handlers.ts';

/** The handler of every request there is. */
export function requestHandlers(context: HandlerContext): RequestHandlers {
  const { cluster, orphans } = context;
  return {
    ...streamHandlers(context),
    ...roomHandlers(context),
    ...mediaHandlers(context),

    'session:resume': async (connection, { sessionId }) => {
      assertSessionLimit(connection);
      await cluster.directory.awake();
      const session = await orphans.get(connection.tokenKind, sessionId);
      connection.adopt(session);
      return session.owner.resume(session, connection);
    },

    'session:close': async (connection, { sessionId }) => {
      const session = connection.session(sessionId);
      await session.owner.leave(session);
      return EMPTY_REPLY;
    },
  };
}
