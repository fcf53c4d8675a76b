import { type MediaNode, MeshliftError, streamIdSchema } from '@meshlift/protocol';
import { type Request, type RequestHandler, Router } from 'express';
import { RateLimiter, rateLimits } from '../access/rate-limits.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Departures } from '../cluster/departures.ts';
import type { Config } from '../config/config.ts';
import { iceServersFor } from '../config/ice-servers.ts';
import { addressOf } from '../http/address.ts';
import { baseUrlOf } from '../http/base-url.ts';
import { bearerOf } from '../http/bearer.ts';
import { allowOnly } from '../http/errors.ts';
import type { SessionRegistry } from '../sessions/session-registry.ts';
import type { SessionTokens } from '../sessions/session-tokens.ts';
import type { OrphanedViewers } from '../streams/orphaned-viewers.ts';
import type { OwnerRequests } from '../streams/owner-requests.ts';
import { PublishAccess } from '../streams/publish-access.ts';
import { streamLinks } from '../streams/stream-links.ts';
import type { Streams } from '../streams/streams.ts';
import { sendCreated } from './created.ts';
import { HeldSessions } from './held-sessions.ts';
import { HttpClient } from './http-client.ts';
import { iceServerLinks } from './links.ts';
import { SDP, textBody, textOf } from './sdp-body.ts';
import { SdpSessions } from './sdp-sessions.ts';
import { SessionCalls } from './session-calls.ts';
import { sessionHandlers, sessionRoutes } from './session-routes.ts';

export interface WhipContext {
  config: Config;
  streams: Streams;
  node: MediaNode;
  cluster: Cluster;
  departures: Departures;
  tokens: SessionTokens;
  registry: SessionRegistry;
  orphans: OrphanedViewers;
  owners: OwnerRequests;
}

/** `POST /whip/:streamId` and the sessions it makes: ingest by RFC 9725. */
export function whipApi(context: WhipContext): Router {
  const { config, streams, node, owners } = context;
  const access = new PublishAccess(streams);
  const arrivals = new RateLimiter(rateLimits.connect);
  const sessions = new SdpSessions('whip', context);
  const held = new HeldSessions({ ...context, kind: 'whip', sessions });
  const handlers = sessionHandlers({ sessions, held, node });
  const calls = new SessionCalls({ ...context, kind: 'whip', sessions, handlers });

  owners.serve('publish', async ({ streamId, publishKey, who: address, baseUrl, offer }) => {
    const stream = await access.streamFor({ address, streamId, publishKey });
    const client = new HttpClient('whip', baseUrl);
    const { session, opened } = await streams.publish(stream, client, { offer });
    const { answer } = opened;
    const { etag } = sessions.add(session, client, answer);
    return { streamId: stream.id, token: session.token, etag, answer };
  });

  const publish: RequestHandler = async (request, response) => {
    const address = addressOf(request);
    await arrivals.take(address);
    const owner = { ...ownerIn(request), address, baseUrl: baseUrlOf(request, config) };
    const { baseUrl } = owner;
    const created = await owners
      .carryOut('publish', { ...owner, offer: textOf(request) })
      .catch((error) => Promise.reject(asRefusal(error)));
    // Not of the RFC: it tells VDO.Ninja and others where viewers should look.
    response.setHeader('WHEP', streamLinks(baseUrl, created.streamId).whepUrl);
    sendCreated(response, {
      ...{ etag: created.etag, answer: created.answer },
      url: `${baseUrl}/whip/sessions/${created.token}`,
      links: iceServerLinks(iceServersFor(config)),
    });
  };

  const router = Router();
  router.use('/sessions', sessionRoutes({ calls, config }));
  router
    .route('/:streamId')
    .post(...textBody(SDP, 'Accept-Post'), publish)
    .all(allowOnly('POST', 'OPTIONS'));
  return router;
}

/** @throws MeshliftError `KEY_REQUIRED` without a key; `STREAM_NOT_FOUND` */
function ownerIn(request: Request): { streamId: string; publishKey: string } {
  const publishKey = bearerOf(request);
  const streamId = streamIdSchema.safeParse(request.params.streamId);
  if (!streamId.success) throw new MeshliftError('STREAM_NOT_FOUND', 'This cannot be a stream ID.');
  return { streamId: streamId.data, publishKey };
}

/** RFC 9725 has a wrong key be 401, as none is. */
function asRefusal(error: unknown): unknown {
  if (!(error instanceof MeshliftError) || error.code !== 'STREAM_NOT_YOURS') return error;
  return new MeshliftError('KEY_REQUIRED', 'The bearer token is not the publish key of this stream.');
}
