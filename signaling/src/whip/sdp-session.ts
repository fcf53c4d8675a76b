import { randomBytes } from 'node:crypto';
import { MeshliftError } from '@meshlift/protocol';
import type { Session } from '../sessions/session.ts';

/** A session that came by WHIP or WHEP, as its URL names it. */
export interface SdpSession {
  /** What its URL ends with. Neither the stream's ID nor anything that follows from it. */
  readonly name: string;
  readonly session: Session;
  /** Names the ICE session (RFC 9725, section 4.3.1): a restart makes it another one. */
  etag: string;
}

/** A strong entity tag (RFC 9110, section 8.8.3). */
export const newEtag = () => `"${randomBytes(9).toString('base64url')}"`;

/**
 * Holds a request against the state of the session it is for (RFC 9110, section 13.1.1).
 *
 * @throws MeshliftError `PRECONDITION_REQUIRED` without `If-Match`, `PRECONDITION_FAILED` for another tag
 */
export function assertMatches({ etag }: SdpSession, ifMatch: string | undefined): void {
  if (ifMatch === undefined) throw new MeshliftError('PRECONDITION_REQUIRED');
  if (ifMatch.trim() === '*') return;
  // A comma may stand in a tag as well as between two (RFC 9110, section 8.8.3).
  const tags: readonly string[] = ifMatch.match(/(?:W\/)?"[^"]*"/g) ?? [];
  if (!tags.includes(etag)) throw new MeshliftError('PRECONDITION_FAILED');
}
