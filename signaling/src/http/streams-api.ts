import {
  type CreatedStream,
  type MediaNode,
  MeshliftError,
  type StreamLinks,
  streamIdSchema,
} from '@meshlift/protocol';
import type { OwnerRequest } from '@meshlift/protocol/cluster';
import { type Request, type RequestHandler, Router } from 'express';
import { RateLimiter, rateLimits } from '../access/rate-limits.ts';
import type { Config } from '../config/config.ts';
import type { OwnerRequests } from '../streams/owner-requests.ts';
import { streamLinks } from '../streams/stream-links.ts';
import { statusOf } from '../streams/stream-status.ts';
import type { Streams } from '../streams/streams.ts';
import { addressOf } from './address.ts';
import { baseUrlOf } from './base-url.ts';
import { bearerOf } from './bearer.ts';
import { allowOnly } from './errors.ts';

interface StreamsApiContext {
  streams: Streams;
  config: Config;
  node: MediaNode;
  owners: OwnerRequests;
}

/** `POST /api/streams`, `GET /api/streams/:streamId`, `POST /api/streams/:streamId/rotate`, `DELETE /api/streams/:streamId`. */
export function streamsApi({ streams, config, node, owners }: StreamsApiContext): Router {
  const creations = new RateLimiter(rateLimits.createStream);
  const wrongKeys = new RateLimiter(rateLimits.wrongKey);
  const router = Router();

  const create: RequestHandler = async (request, response) => {
    await creations.take(addressOf(request));
    const { stream, publishKey } = await streams.create();
    const created: CreatedStream = { ...streamLinks(baseUrlOf(request, config), stream.id), publishKey };
    response.status(201).location(`/api/streams/${stream.id}`).json(created);
  };

  /** @throws MeshliftError `STREAM_NOT_FOUND`, `STREAM_NOT_YOURS`, `RATE_LIMITED` */
  const owned = ({ who, streamId, publishKey }: OwnerRequest<'status'>) =>
    wrongKeys.countFailures(who, () => streams.getOwned(streamId, publishKey));

  owners.serve('status', async (asked) => statusOf(await owned(asked), node, asked.baseUrl));
  owners.serve('rotate', async (asked) => {
    const stream = await owned(asked);
    await streams.rotate(stream, asked.publishKey);
    return { streamId: stream.id };
  });
  owners.serve('revoke', async (asked) => {
    await streams.revoke(await owned(asked));
    return {};
  });

  const status: RequestHandler = async (request, response) => {
    const answer = await owners.carryOut('status', ownerIn(request));
    response.setHeader('Cache-Control', 'no-store');
    response.json(answer);
  };

  const rotate: RequestHandler = async (request, response) => {
    const asked = ownerIn(request);
    const { streamId } = await owners.carryOut('rotate', asked);
    const links: StreamLinks = streamLinks(asked.baseUrl, streamId);
    response.json(links);
  };

  const remove: RequestHandler = async (request, response) => {
    await owners.carryOut('revoke', ownerIn(request));
    response.status(204).end();
  };

  /** @throws MeshliftError `KEY_REQUIRED`, `STREAM_NOT_FOUND` */
  function ownerIn(request: Request) {
    const publishKey = bearerOf(request);
    const streamId = streamIdSchema.safeParse(request.params.streamId);
    if (!streamId.success) throw new MeshliftError('STREAM_NOT_FOUND');
    const baseUrl = baseUrlOf(request, config);
    return { streamId: streamId.data, publishKey, baseUrl, address: addressOf(request) };
  }

  router.route('/').post(create).all(allowOnly('POST'));
  router.route('/:streamId/rotate').post(rotate).all(allowOnly('POST'));
  router.route('/:streamId').get(status).delete(remove).all(allowOnly('GET', 'DELETE'));
  return router;
}
