import { MeshliftError, publishKeySchema } from '@meshlift/protocol';
import type { Request } from 'express';

/**
 * The key a request carries as a bearer token, which is taken from the header alone (RFC 6750, section 2.1): what
 * stands in an address is logged by proxies and kept by browsers.
 *
 * @throws MeshliftError `KEY_REQUIRED`
 */
export function bearerOf(request: Request): string {
  const [scheme, key] = (request.get('authorization') ?? '').split(' ');
  const publishKey = publishKeySchema.safeParse(key);
  if (scheme?.toLowerCase() !== 'bearer' || !publishKey.success) throw new MeshliftError('KEY_REQUIRED');
  return publishKey.data;
}
