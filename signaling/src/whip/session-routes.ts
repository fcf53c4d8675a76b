import type { MediaNode } from '@meshlift/protocol';
import { type RequestHandler, Router } from 'express';
import type { Config } from '../config/config.ts';
import { iceServersFor } from '../config/ice-servers.ts';
import { allowOnly } from '../http/errors.ts';
import { iceServerLinks } from './links.ts';
import { SDP_FRAGMENT, sendText, textBody, textOf } from './sdp-body.ts';
import { assertMatches, etagOf } from './sdp-session.ts';
import type { SdpSessions } from './sdp-sessions.ts';

/**
 * `PATCH` and `DELETE` of a session's URL (RFC 9725, sections 4.2 and 4.3), which WHIP and WHEP have in common.
 * The URL is the capability: it ends with a token that nobody can guess or make.
 */
export function sessionRoutes({
  sessions,
  node,
  config,
}: {
  sessions: SdpSessions;
  node: MediaNode;
  config: Config;
}): Router {
  const router = Router();

  const patch: RequestHandler = async (request, response) => {
    const known = sessions.get(request.params.token);
    assertMatches(known, request.get('if-match'));
    const fragment = await node.exchangeIce(known.session.id, textOf(request));
    if (fragment === null) {
      response.status(204).end();
      return;
    }
    known.etag = etagOf(known.session, fragment);
    response.status(200).setHeader('ETag', known.etag);
    // A path that is looked for anew may need TURN, for which the first credentials may have run out.
    const iceServers = iceServerLinks(iceServersFor(config));
    if (iceServers.length > 0) response.setHeader('Link', iceServers);
    sendText(response, SDP_FRAGMENT, fragment);
  };

  /**
   * Who hangs up often says goodbye by DTLS first, which ends the session, or repeats a request whose answer got
   * lost: what `DELETE` asks for has happened then.
   */
  const remove: RequestHandler = async (request, response) => {
    const { token } = request.params;
    if (!sessions.hasEnded(token)) {
      const { session } = sessions.get(token);
      await session.owner.leave(session);
    }
    response.status(200).end();
  };

  /** A session that is gone says so before it says what is wrong with the request. */
  const known: RequestHandler = (request, _response, next) => {
    sessions.get(request.params.token);
    next();
  };

  const methods = ['PATCH', 'DELETE', 'OPTIONS'];
  router
    .route('/:token')
    .patch(known, ...textBody(SDP_FRAGMENT, 'Accept-Patch'), patch)
    .delete(remove)
    .all(allowOnly(...methods));
  return router;
}
