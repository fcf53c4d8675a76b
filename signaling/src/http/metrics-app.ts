import type { Logger, Registry } from '@meshlift/telemetry';
import express, { type Express } from 'express';
import { allowOnly, answerErrors, notFound } from './errors.ts';

/** What Prometheus asks, on a port of its own that is not for the public. */
export function createMetricsApp(registry: Registry, logger: Logger): Express {
  const app = express();
  app.disable('x-powered-by');
  app
    .route('/metrics')
    .get(async (_request, response) => {
      response.type(registry.contentType).send(await registry.metrics());
    })
    .all(allowOnly('GET', 'HEAD'));
  app.use(notFound);
  app.use(answerErrors(logger));
  return app;
}
