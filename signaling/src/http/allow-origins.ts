import cors from 'cors';
import type { RequestHandler } from 'express';
import type { Config } from '../config/config.ts';

/** What pages of other origins may read of an answer, beside its body. */
const EXPOSED = ['Location', 'ETag', 'Link', 'WHEP', 'Accept-Post', 'Allow', 'Retry-After'];

/** Lets pages of the allowed origins use this server. */
export function allowOrigins({ allowedOrigins }: Config): RequestHandler {
  const origin = allowedOrigins.includes('*') ? '*' : [...allowedOrigins];
  return cors({ origin, exposedHeaders: EXPOSED, maxAge: 600 });
}
