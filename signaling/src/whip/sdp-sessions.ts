import { MeshliftError } from '@meshlift/protocol';
import { expiring } from '../access/expiring.ts';
import type { Session } from '../sessions/session.ts';
import type { SessionTokens } from '../sessions/session-tokens.ts';
import type { HttpClient } from './http-client.ts';
import { etagOf, type SdpSession } from './sdp-session.ts';

/** How long it is known that a session is over, for its owner to hang up as well. */
export const ENDED_KNOWN_MS = 60_000;

/** Some 2 MB at most. Past it, those that ended first are forgotten. */
const MOST_ENDED = 10_000;

/** The sessions of one of the two protocols. Their URLs end with their tokens. */
export class SdpSessions {
  readonly #kind: 'whip' | 'whep';
  readonly #tokens: SessionTokens;
  readonly #byName = new Map<string, SdpSession>();
  readonly #ended = expiring<true>({ max: MOST_ENDED, ttl: ENDED_KNOWN_MS });

  constructor(kind: 'whip' | 'whep', tokens: SessionTokens) {
    this.#kind = kind;
    this.#tokens = tokens;
  }

  /** @param answer what its offer has been answered */
  add(session: Session, client: HttpClient, answer: string): SdpSession {
    const known: SdpSession = { session, etag: etagOf(session, answer) };
    this.#byName.set(session.id, known);
    client.once('over', () => {
      this.#byName.delete(session.id);
      this.#ended.set(session.id, true);
    });
    return known;
  }

  /** Whether the session of that token has ended within the last minute. */
  hasEnded(token: unknown): boolean {
    return this.#ended.has(this.#nameIn(token) ?? '');
  }

  /** The session of that token. @throws MeshliftError `SESSION_NOT_FOUND` */
  get(token: unknown): SdpSession {
    const found = this.#byName.get(this.#nameIn(token) ?? '');
    if (!found) throw new MeshliftError('SESSION_NOT_FOUND', 'There is no such session, or it has ended.');
    return found;
  }

  /** The name of its session; `undefined` for what is no token of this protocol. */
  #nameIn(token: unknown): string | undefined {
    return this.#tokens.open(this.#kind, String(token))?.id;
  }
}
