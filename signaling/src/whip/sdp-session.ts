import { createHash } from 'node:crypto';
import { MeshliftError } from '@meshlift/protocol';
import type { Session } from '../sessions/session.ts';

/** A session that came by WHIP or WHEP. Its URL ends with its token. */
export interface SdpSession {
  readonly session: Session;
  /** Names the ICE session (RFC 9725, section 4.3.1): a restart makes it another one. */
  etag: string;
}

const ETAG_BYTES = 9;

/** This end's ICE user name in its answer, or in a fragment (RFC 8839, section 5.4). */
export const iceUsernameIn = (sdp: string): string => /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1] ?? '';

/**
 * A strong entity tag (RFC 9110, section 8.8.3). It follows from the session and this end's ICE user name, so that
 * any process can tell which tag is current.
 */
export function etagOf({ id }: Session, iceUsername: string): string {
  const digest = createHash('sha256').update(`${id} ${iceUsername}`).digest();
  return `"${digest.subarray(0, ETAG_BYTES).toString('base64url')}"`;
}

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
