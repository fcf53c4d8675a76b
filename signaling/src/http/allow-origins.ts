import cors from 'cors';
import type { RequestHandler } from 'express';
import type { Config } from '../config/config.ts';

/** What pages of other origins may read of an answer, beside its body. */
const EXPOSED = [
  'Location',
  'ETag',
  'Link',
  'WHEP',
  'Accept-Post',
  'Accept-Patch',
  'Allow',
  'Retry-After',
  'WWW-Authenticate',
];

/** What a preflight allows: `OPTIONS` too, by which WHIP clients ask for ICE servers (RFC 9725, section 4.6). */
const METHODS = ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE', 'OPTIONS'];

/** Lets pages of the allowed origins use this server. */
export function allowOrigins({ allowedOrigins }: Config): RequestHandler {
  const origin = allowedOrigins.includes('*') ? '*' : [...allowedOrigins];
  return cors({ origin, methods: METHODS, exposedHeaders: EXPOSED, maxAge: 600 });
}
