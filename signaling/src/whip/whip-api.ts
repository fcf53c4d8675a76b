import { type MediaNode, MeshliftError, streamIdSchema } from '@meshlift/protocol';
import { type Request, type RequestHandler, Router } from 'express';
import { RateLimiter, rateLimits } from '../access/rate-limits.ts';
import type { Config } from '../config/config.ts';
import { iceServersFor } from '../config/ice-servers.ts';
import { addressOf } from '../http/address.ts';
import { baseUrlOf } from '../http/base-url.ts';
import { bearerOf } from '../http/bearer.ts';
import { allowOnly } from '../http/errors.ts';
import type { SessionTokens } from '../sessions/session-tokens.ts';
import { PublishAccess } from '../streams/publish-access.ts';
import type { Stream } from '../streams/stream.ts';
import { streamLinks } from '../streams/stream-links.ts';
import type { Streams } from '../streams/streams.ts';
import { sendCreated } from './created.ts';
import { HttpClient } from './http-client.ts';
import { iceServerLinks } from './links.ts';
import { SDP, textBody, textOf } from './sdp-body.ts';
import { SdpSessions } from './sdp-sessions.ts';
import { sessionRoutes } from './session-routes.ts';

export interface WhipContext {
  config: Config;
  streams: Streams;
  node: MediaNode;
  tokens: SessionTokens;
}

/** `POST /whip/:streamId` and the sessions it makes: ingest by RFC 9725. */
export function whipApi({ config, streams, node, tokens }: WhipContext): Router {
  const access = new PublishAccess(streams);
  const arrivals = new RateLimiter(rateLimits.connect);
  const sessions = new SdpSessions('whip', tokens);

  const publish: RequestHandler = async (request, response) => {
    await arrivals.take(addressOf(request));
    const stream = await ownStream(request);
    const client = new HttpClient('whip', baseUrlOf(request, config));
    const offer = textOf(request);
    const { session, opened } = await streams.publish(stream, client, { offer });
    const created = sessions.add(session, client, opened.answer);
    // Not of the RFC: it tells VDO.Ninja and others where viewers should look.
    response.setHeader('WHEP', streamLinks(client.baseUrl, stream.id).whepUrl);
    sendCreated(response, {
      session: created,
      url: `${client.baseUrl}/whip/sessions/${session.token}`,
      answer: opened.answer,
      links: iceServerLinks(iceServersFor(config)),
    });
  };

  /**
   * @throws MeshliftError `KEY_REQUIRED` without a key or with a wrong one, which RFC 9725 has both be 401;
   *   `STREAM_NOT_FOUND`, `RATE_LIMITED`, `SERVER_FULL`
   */
  async function ownStream(request: Request): Promise<Stream> {
    const publishKey = bearerOf(request);
    const streamId = streamIdSchema.safeParse(request.params.streamId);
    if (!streamId.success) throw new MeshliftError('STREAM_NOT_FOUND', 'This cannot be a stream ID.');
    try {
      const address = addressOf(request);
      return await access.streamFor({ address, streamId: streamId.data, publishKey });
    } catch (error) {
      if (!(error instanceof MeshliftError) || error.code !== 'STREAM_NOT_YOURS') throw error;
      throw new MeshliftError('KEY_REQUIRED', 'The bearer token is not the publish key of this stream.');
    }
  }

  const router = Router();
  router.use('/sessions', sessionRoutes({ sessions, node, config }));
  router
    .route('/:streamId')
    .post(...textBody(SDP, 'Accept-Post'), publish)
    .all(allowOnly('POST', 'OPTIONS'));
  return router;
}
