import type { MediaNode } from '@meshlift/protocol';
import { type RequestHandler, Router } from 'express';
import type { Config } from '../config/config.ts';
import { iceServersFor } from '../config/ice-servers.ts';
import { baseUrlOf } from '../http/base-url.ts';
import { allowOnly } from '../http/errors.ts';
import type { HeldSessions } from './held-sessions.ts';
import { iceServerLinks } from './links.ts';
import { SDP_FRAGMENT, sendText, textBody, textOf } from './sdp-body.ts';
import { assertMatches, etagOf, iceUsernameIn } from './sdp-session.ts';
import type { SdpSessions } from './sdp-sessions.ts';
import type { SessionCallHandlers, SessionCalls } from './session-calls.ts';

/** What carries out what is asked of a session's URL, where the session is. */
export function sessionHandlers({
  sessions,
  held,
  node,
}: {
  sessions: SdpSessions;
  held: HeldSessions;
  node: MediaNode;
}): Pick<SessionCallHandlers, 'find' | 'exchangeIce' | 'leave'> {
  return {
    async find({ token, baseUrl }) {
      await held.get(token, baseUrl);
    },

    async exchangeIce({ token, baseUrl, ifMatch, fragment }) {
      const known = await held.get(token, baseUrl);
      assertMatches(known, ifMatch);
      const answer = await node.exchangeIce(known.session.id, fragment);
      if (answer === null) return null;
      known.etag = etagOf(known.session, iceUsernameIn(answer));
      return { etag: known.etag, fragment: answer };
    },

    /**
     * Who hangs up often says goodbye by DTLS first, which ends the session, or repeats a request whose answer got
     * lost: what `DELETE` asks for has happened then.
     */
    async leave({ token, baseUrl }) {
      if (sessions.hasEnded(token)) return;
      const { session } = await held.get(token, baseUrl);
      await session.owner.leave(session);
    },
  };
}

/**
 * `PATCH` and `DELETE` of a session's URL (RFC 9725, sections 4.2 and 4.3), which WHIP and WHEP have in common.
 * The URL is the capability: it ends with a token that nobody can guess or make.
 */
export function sessionRoutes({ calls, config }: { calls: SessionCalls; config: Config }): Router {
  const router = Router();

  const patch: RequestHandler = async (request, response) => {
    const restarted = await calls.carryOut('exchangeIce', {
      ...{ token: request.params.token, baseUrl: baseUrlOf(request, config) },
      ifMatch: request.get('if-match'),
      fragment: textOf(request),
    });
    if (restarted === null) {
      response.status(204).end();
      return;
    }
    response.status(200).setHeader('ETag', restarted.etag);
    // A path that is looked for anew may need TURN, for which the first credentials may have run out.
    const iceServers = iceServerLinks(iceServersFor(config));
    if (iceServers.length > 0) response.setHeader('Link', iceServers);
    sendText(response, SDP_FRAGMENT, restarted.fragment);
  };

  const remove: RequestHandler = async (request, response) => {
    await calls.carryOut('leave', { token: request.params.token, baseUrl: baseUrlOf(request, config) });
    response.status(200).end();
  };

  /** A session that is gone says so before it says what is wrong with the request. */
  const known: RequestHandler = async (request, _response, next) => {
    await calls.carryOut('find', { token: request.params.token, baseUrl: baseUrlOf(request, config) });
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
