import { MeshliftError, streamIdSchema } from '@meshlift/protocol';
import { type RequestHandler, Router } from 'express';
import { RateLimiter, rateLimits } from '../access/rate-limits.ts';
import { iceServersFor } from '../config/ice-servers.ts';
import { addressOf } from '../http/address.ts';
import { baseUrlOf } from '../http/base-url.ts';
import { allowOnly } from '../http/errors.ts';
import type { Session } from '../sessions/session.ts';
import { sendCreated } from './created.ts';
import { HeldSessions } from './held-sessions.ts';
import { HttpClient } from './http-client.ts';
import { layerHandler, layerLink, layerRoutes } from './layer-choice.ts';
import { iceServerLinks } from './links.ts';
import { SDP, textBody, textOf } from './sdp-body.ts';
import { SdpSessions } from './sdp-sessions.ts';
import { SessionCalls } from './session-calls.ts';
import { sessionHandlers, sessionRoutes } from './session-routes.ts';
import { ViewerEvents } from './viewer-events.ts';
import type { WhipContext } from './whip-api.ts';

/** `POST /whep/:streamId` and the sessions it makes: playback by draft-ietf-wish-whep. */
export function whepApi(context: Omit<WhipContext, 'owners'>): Router {
  const { config, streams, node } = context;
  const arrivals = new RateLimiter(rateLimits.connect);
  const sessions = new SdpSessions('whep', context);
  const events = new ViewerEvents(context);
  const urlOf = (client: HttpClient, { token }: Session) => `${client.baseUrl}/whep/sessions/${token}`;
  const held = new HeldSessions({
    ...context,
    ...{ kind: 'whep', sessions },
    viewerInherited: ({ session, client, status }) => {
      events.open({ url: urlOf(client, session), session, client, status });
    },
  });
  const handlers = {
    ...sessionHandlers({ sessions, held, node }),
    ...events.handlers(held),
    chooseLayer: layerHandler({ held, node }),
  };
  const calls = new SessionCalls({ ...context, kind: 'whep', sessions, handlers });

  const play: RequestHandler = async (request, response) => {
    await arrivals.take(addressOf(request));
    const streamId = streamIdSchema.safeParse(request.params.streamId);
    if (!streamId.success) throw new MeshliftError('STREAM_NOT_FOUND');
    const client = new HttpClient('whep', baseUrlOf(request, config));
    const offer = textOf(request);
    const stream = await streams.getWatchable(streamId.data);
    const { session, opened, state, viewers } = await stream.watch(client, { offer });
    const created = sessions.add(session, client, opened.answer);
    const url = urlOf(client, session);
    const status = { consumers: opened.consumers, state, viewers };
    const eventsLink = events.open({ url, session, client, status });
    sendCreated(response, {
      etag: created.etag,
      url,
      answer: opened.answer,
      links: [...iceServerLinks(iceServersFor(config)), eventsLink, layerLink(url)],
    });
  };

  const router = Router();
  router.use(
    '/sessions',
    events.routes({ calls, config }),
    layerRoutes({ calls, config }),
    sessionRoutes({ calls, config }),
  );
  router
    .route('/:streamId')
    .post(...textBody(SDP, 'Accept-Post'), play)
    .all(allowOnly('POST', 'OPTIONS'));
  return router;
}
