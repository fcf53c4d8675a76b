import { expiring } from '../access/expiring.ts';
import type { Session } from '../sessions/session.ts';
import type { SessionRegistry } from '../sessions/session-registry.ts';
import type { SessionTokens } from '../sessions/session-tokens.ts';
import type { HttpClient } from './http-client.ts';
import { etagOf, iceUsernameIn, type SdpSession } from './sdp-session.ts';

/** How long it is known that a session is over, for its owner to hang up as well. */
export const ENDED_KNOWN_MS = 60_000;

/** Some 2 MB at most. Past it, those that ended first are forgotten. */
const MOST_ENDED = 10_000;

/** The sessions of one of the two protocols. Their URLs end with their tokens. */
export class SdpSessions {
  readonly #kind: 'whip' | 'whep';
  readonly #tokens: SessionTokens;
  readonly #registry: SessionRegistry;
  readonly #byName = new Map<string, SdpSession>();
  readonly #ended = expiring<true>({ max: MOST_ENDED, ttl: ENDED_KNOWN_MS });

  constructor(
    kind: 'whip' | 'whep',
    { tokens, registry }: { tokens: SessionTokens; registry: SessionRegistry },
  ) {
    this.#kind = kind;
    this.#tokens = tokens;
    this.#registry = registry;
  }

  /** @param answer what its offer has been answered */
  add(session: Session, client: HttpClient, answer: string): SdpSession {
    return this.#add(session, client, iceUsernameIn(answer));
  }

  /** Whether this door has the session of that token, or has had it within the last minute. */
  knows(token: string): boolean {
    const name = this.#nameIn(token) ?? '';
    return this.#byName.has(name) || this.#ended.has(name) || this.#registry.find(name) !== undefined;
  }

  /**
   * Goes on with a session that another door had.
   *
   * @param iceUsername this end's
   */
  inherit(session: Session, client: HttpClient, iceUsername: string): SdpSession {
    return this.#byName.get(session.id) ?? this.#add(session, client, iceUsername);
  }

  #add(session: Session, client: HttpClient, iceUsername: string): SdpSession {
    const known: SdpSession = { session, etag: etagOf(session, iceUsername) };
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

  /** The session of that token, as far as it has come here. */
  find(token: unknown): SdpSession | undefined {
    return this.#byName.get(this.#nameIn(token) ?? '');
  }

  /** The name of its session; `undefined` for what is no token of this protocol. */
  #nameIn(token: unknown): string | undefined {
    return this.#tokens.open(this.#kind, String(token))?.id;
  }
}
