import { type RequestHandler, Router } from 'express';
import type { Version } from '../config/version.ts';
import { allowOnly } from './errors.ts';

/** Whether the server takes new work. */
export interface Readiness {
  ready: boolean;
}

/** `/healthz`: the process answers, and says which version it is. `/readyz`: it takes new work; 503 before it does and once it is stopping. */
export function healthRoutes(readiness: Readiness, version: Version): Router {
  const live: RequestHandler = (_request, response) => void response.json({ status: 'ok', ...version });
  const ready: RequestHandler = (_request, response) => {
    response.status(readiness.ready ? 200 : 503).json({ status: readiness.ready ? 'ready' : 'not ready' });
  };
  const router = Router();
  router.route('/healthz').get(live).all(allowOnly('GET', 'HEAD'));
  router.route('/readyz').get(ready).all(allowOnly('GET', 'HEAD'));
  return router;
}
