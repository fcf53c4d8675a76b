import { MeshliftError } from '@meshlift/protocol';
import { type RequestHandler, Router } from 'express';
import * as z from 'zod';
import { allowOnly } from '../http/errors.ts';
import type { Gateway } from './gateway.ts';

const METHODS = ['GET', 'POST', 'OPTIONS'];

/**
 * What a plain request for signaling must ask for: long polling. A WebSocket begins with an upgrade, which does not
 * come here. `j` would choose JSONP, which scripts of any origin can read.
 */
const querySchema = z.object({ transport: z.literal('polling'), j: z.undefined().optional() });

/** Signaling for clients whose network lets no WebSocket through: long polling, answered by engine.io. */
export function pollingRoute(gateway: Gateway): Router {
  const poll: RequestHandler = (request, response) => {
    if (!URL.canParse(request.url, 'http://localhost')) throw new MeshliftError('BAD_REQUEST');
    const { searchParams } = new URL(request.url, 'http://localhost');
    if (!querySchema.safeParse(Object.fromEntries(searchParams)).success) {
      throw new MeshliftError('BAD_REQUEST', 'Plain requests for signaling must have transport=polling.');
    }
    gateway.handlePoll(request, response);
  };
  const router = Router();
  router
    .route('/')
    // Express would have `get` answer it.
    .head(allowOnly(...METHODS))
    .get(poll)
    .post(poll)
    .all(allowOnly(...METHODS));
  return router;
}
