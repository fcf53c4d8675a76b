import type { Logger } from '@meshlift/telemetry';
import cors from 'cors';
import express, { type Express } from 'express';
import type { Config } from '../config/config.ts';
import type { Streams } from '../streams/streams.ts';
import { answerErrors, notFound } from './errors.ts';
import { frameRulesApi } from './frame-rules-api.ts';
import { healthRoutes, type Readiness } from './health.ts';
import { servePages } from './pages.ts';
import { privacyApi } from './privacy-api.ts';
import { framedBy, securityHeaders } from './security-headers.ts';
import { streamsApi } from './streams-api.ts';

export interface AppContext {
  config: Config;
  logger: Logger;
  streams: Streams;
  readiness: Readiness;
}

/** Everything that is answered over HTTP on the public port. */
export function createApp({ config, logger, streams, readiness }: AppContext): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', config.trustedProxies);
  app.use(healthRoutes(readiness));
  app.use(securityHeaders());
  app.use('/embed', framedBy(config.frameOrigins));
  app.use(cors({ origin: config.allowedOrigins.includes('*') ? '*' : config.allowedOrigins, maxAge: 600 }));
  app.use('/api/streams', streamsApi(streams, config));
  app.use(privacyApi(config, logger));
  app.use(frameRulesApi(config));
  app.use(servePages());
  app.use(notFound);
  app.use(answerErrors(logger));
  return app;
}
