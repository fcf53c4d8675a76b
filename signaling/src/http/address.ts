import type { Request } from 'express';
import { clientAddress } from './forwarded.ts';

/** Only ever handed to a rate limiter, which keeps a pseudonym of it. */
export function addressOf(request: Request): string {
  return clientAddress(request, Number(request.app.get('trust proxy')));
}
