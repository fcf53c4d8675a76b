import type { Logger, Registry } from '@meshlift/telemetry';
import express, { type Express } from 'express';
import type { Measured, SharedMetrics } from '../cluster/shared-metrics.ts';
import type { Version } from '../config/version.ts';
import { allowOnly, answerErrors, notFound } from './errors.ts';
import { healthRoutes, type Readiness } from './health.ts';

export interface MetricsAppContext {
  registry: Registry;
  shared: SharedMetrics;
  logger: Logger;
  readiness: Readiness;
  version: Version;
}

/**
 * What Prometheus asks, and whoever watches a server without a public port, on a port that is not for the public.
 *
 * `/metrics` is of this process. `/metrics/targets` lists the servers of the cluster as Prometheus' `http_sd_configs`
 * read them, and `/metrics/:process` has those of each, so that any server of a cluster can answer for all.
 */
export function createMetricsApp({
  registry,
  shared,
  logger,
  readiness,
  version,
}: MetricsAppContext): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(healthRoutes(readiness, version));
  app
    .route('/metrics')
    .get(async (_request, response) => {
      response.type(registry.contentType).send(await registry.metrics());
    })
    .all(allowOnly('GET', 'HEAD'));
  app
    .route('/metrics/targets')
    .get((request, response) => {
      const targets = [request.headers.host ?? ''];
      response.json(shared.servers.map((server) => ({ targets, labels: labelsOf(server) })));
    })
    .all(allowOnly('GET', 'HEAD'));
  app
    .route('/metrics/:process')
    .get(async ({ params }, response) => {
      response.type(registry.contentType).send(await shared.of(params.process));
    })
    .all(allowOnly('GET', 'HEAD'));
  app.use(notFound);
  app.use(answerErrors(logger));
  return app;
}

/** Asked for where this list came from, under a path of its own. */
const labelsOf = ({ process, role, region }: Measured) => ({
  __metrics_path__: `/metrics/${process}`,
  instance: process,
  role,
  region,
});
