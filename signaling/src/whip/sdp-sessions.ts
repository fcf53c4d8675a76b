import { MeshliftError } from '@meshlift/protocol';
import { newSessionId } from '../access/capabilities.ts';
import { expiring } from '../access/expiring.ts';
import type { Session } from '../sessions/session.ts';
import type { HttpClient } from './http-client.ts';
import { newEtag, type SdpSession } from './sdp-session.ts';

/** How long the name of a session that is over is known, for its owner to hang up as well. */
export const ENDED_KNOWN_MS = 60_000;

/** Some 2 MB at most. Past it, those that ended first are forgotten. */
const MOST_ENDED = 10_000;

/** The sessions of one of the two protocols, by the names in their URLs. */
export class SdpSessions {
  readonly #byName = new Map<string, SdpSession>();
  readonly #ended = expiring<true>({ max: MOST_ENDED, ttl: ENDED_KNOWN_MS });

  /** Names a session. The name goes when the session is over. */
  add(session: Session, client: HttpClient): SdpSession {
    const named: SdpSession = { name: newSessionId(), session, etag: newEtag() };
    this.#byName.set(named.name, named);
    client.once('over', () => {
      this.#byName.delete(named.name);
      this.#ended.set(named.name, true);
    });
    return named;
  }

  /** Whether a session of that name has ended within the last minute. */
  hasEnded(name: unknown): boolean {
    return typeof name === 'string' && this.#ended.has(name);
  }

  /** @throws MeshliftError `SESSION_NOT_FOUND` */
  get(name: unknown): SdpSession {
    const found = typeof name === 'string' ? this.#byName.get(name) : undefined;
    if (!found) throw new MeshliftError('SESSION_NOT_FOUND', 'There is no such session, or it has ended.');
    return found;
  }
}
