import {
  type CreatedStream,
  type MediaNode,
  MeshliftError,
  type StreamLinks,
  streamIdSchema,
} from '@meshlift/protocol';
import { type Request, type RequestHandler, Router } from 'express';
import { RateLimiter, rateLimits } from '../access/rate-limits.ts';
import type { Config } from '../config/config.ts';
import type { Stream } from '../streams/stream.ts';
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
}

/** `POST /api/streams`, `GET /api/streams/:streamId`, `POST /api/streams/:streamId/rotate`, `DELETE /api/streams/:streamId`. */
export function streamsApi({ streams, config, node }: StreamsApiContext): Router {
  const creations = new RateLimiter(rateLimits.createStream);
  const wrongKeys = new RateLimiter(rateLimits.wrongKey);
  const router = Router();

  const create: RequestHandler = async (request, response) => {
    await creations.take(addressOf(request));
    const { stream, publishKey } = await streams.create();
    const created: CreatedStream = { ...streamLinks(baseUrlOf(request, config), stream.id), publishKey };
    response.status(201).location(`/api/streams/${stream.id}`).json(created);
  };

  const status: RequestHandler = async (request, response) => {
    const stream = await ownStream(request);
    response.setHeader('Cache-Control', 'no-store');
    response.json(await statusOf(stream, node, baseUrlOf(request, config)));
  };

  const rotate: RequestHandler = async (request, response) => {
    const stream = await ownStream(request);
    await streams.rotate(stream, bearerOf(request));
    const links: StreamLinks = streamLinks(baseUrlOf(request, config), stream.id);
    response.json(links);
  };

  const remove: RequestHandler = async (request, response) => {
    await streams.revoke(await ownStream(request));
    response.status(204).end();
  };

  /** @throws MeshliftError `KEY_REQUIRED`, `STREAM_NOT_FOUND`, `STREAM_NOT_YOURS`, `RATE_LIMITED` */
  async function ownStream(request: Request): Promise<Stream> {
    const publishKey = bearerOf(request);
    const streamId = streamIdSchema.safeParse(request.params.streamId);
    if (!streamId.success) throw new MeshliftError('STREAM_NOT_FOUND');
    return wrongKeys.countFailures(addressOf(request), () => streams.getOwned(streamId.data, publishKey));
  }

  router.route('/').post(create).all(allowOnly('POST'));
  router.route('/:streamId/rotate').post(rotate).all(allowOnly('POST'));
  router.route('/:streamId').get(status).delete(remove).all(allowOnly('GET', 'DELETE'));
  return router;
}
