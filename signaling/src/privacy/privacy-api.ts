import type { PrivacyPolicy } from '@meshlift/protocol';
import type { Logger, LogLevel } from '@meshlift/telemetry';
import { type RequestHandler, Router } from 'express';
import type { Config } from '../config/config.ts';
import { allowOnly } from '../http/errors.ts';
import { privacyPolicy } from './inventory.ts';

/** `GET /privacy.json`: what `/privacy` shows, made anew for each request from what is in force then. */
export function privacyApi(config: Config, logger: Logger, environment = process.env): Router {
  const answer: RequestHandler = (_request, response) => {
    const policy: PrivacyPolicy = privacyPolicy({
      ...config,
      logLevel: logger.level as LogLevel,
      // What `debug` and Node.js itself go by.
      librariesTalk: Boolean(environment.DEBUG || environment.NODE_DEBUG),
    });
    response.setHeader('Cache-Control', 'no-cache');
    response.json(policy);
  };
  const router = Router();
  router.route('/privacy.json').get(answer).all(allowOnly('GET', 'HEAD'));
  return router;
}
