import type { FrameRules } from '@meshlift/protocol';
import { type RequestHandler, Router } from 'express';
import type { Config } from '../config/config.ts';
import { allowOnly } from './errors.ts';

/** `GET /embed.json`: whom `/embed` may speak to, since a page cannot read the headers it came with. */
export function frameRulesApi({ frameOrigins }: Config): Router {
  const rules: FrameRules = { frameOrigins: [...frameOrigins] };
  const answer: RequestHandler = (_request, response) => {
    response.setHeader('Cache-Control', 'no-cache');
    response.json(rules);
  };
  const router = Router();
  router.route('/embed.json').get(answer).all(allowOnly('GET', 'HEAD'));
  return router;
}
