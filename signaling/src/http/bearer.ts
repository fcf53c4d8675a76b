import { LONGEST_PUBLISH_KEY, MeshliftError, publishKeySchema } from '@meshlift/protocol';
import type { Request } from 'express';

/** Scheme and, after at least one space, everything else (RFC 9110, section 11.4). */
const CREDENTIALS = /^(?<scheme>[^\s]+)(?: +(?<token>.*))?$/s;

/**
 * The key a request carries as a bearer token, which is taken from the header alone (RFC 6750, section 2.1): what
 * stands in an address is logged by proxies and kept by browsers. The whole of what follows the scheme is the key or
 * no key at all: one that was cut would be another key, which somebody else may guess.
 *
 * @throws MeshliftError `KEY_REQUIRED` without a bearer token; `KEY_MALFORMED` for one that cannot be a key
 */
export function bearerOf(request: Pick<Request, 'get'>): string {
  const { scheme, token } = CREDENTIALS.exec((request.get('authorization') ?? '').trim())?.groups ?? {};
  if (scheme?.toLowerCase() !== 'bearer' || !token) throw new MeshliftError('KEY_REQUIRED');
  const fault = faultIn(token);
  if (fault) throw new MeshliftError('KEY_MALFORMED', fault);
  return token;
}

/** What is wrong with a token as a key, in a sentence that repeats nothing of it. */
function faultIn(token: string): string | undefined {
  if (/^bearer(?:\s|$)/i.test(token)) {
    return 'The word "Bearer" stands where the key should. Enter the publish key alone.';
  }
  if (/\s/.test(token)) {
    return 'There is a space in the bearer token. A publish key has none; enter it alone, and all of it.';
  }
  if (token.length > LONGEST_PUBLISH_KEY) {
    return `The bearer token has ${token.length} characters. A publish key has at most ${LONGEST_PUBLISH_KEY}.`;
  }
  if (!publishKeySchema.safeParse(token).success) {
    return 'The bearer token has characters that a publish key cannot have. Allowed: letters, digits and - . _ ~ + /, and = at its end.';
  }
  return undefined;
}
