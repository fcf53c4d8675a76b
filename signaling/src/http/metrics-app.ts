import type { Logger, Registry } from '@meshlift/telemetry';
import express, { type Express } from 'express';
import type { Version } from '../config/version.ts';
import { allowOnly, answerErrors, notFound } from './errors.ts';
import { healthRoutes, type Readiness } from './health.ts';

export interface MetricsAppContext {
  registry: Registry;
  logger: Logger;
  readiness: Readiness;
  version: Version;
}

/** What Prometheus asks, and whoever watches a server without a public port, on a port that is not for the public. */
export function createMetricsApp({ registry, logger, readiness, version }: MetricsAppContext): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(healthRoutes(readiness, version));
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
