import type { Request } from 'express';

/** Only ever handed to a rate limiter, which keeps a pseudonym of it. */
export function addressOf(request: Request): string {
  return request.ip ?? 'unknown';
}
