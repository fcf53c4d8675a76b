import { MeshliftError } from '@meshlift/protocol';
import { newSessionId } from '../access/capabilities.ts';
import { expiring } from '../access/expiring.ts';
import { type Client, Session, type SessionOwner, type SessionRole, type TokenKind } from './session.ts';
import type { SessionTokens, TokenContent } from './session-tokens.ts';

/** How long it is remembered that a session was replaced: a laptop may sleep that long. */
export const REPLACED_REMEMBERED_MS = 24 * 60 * 60_000;

/** About a megabyte at most. Past it, the oldest are forgotten. */
const MOST_REPLACED = 10_000;

/** All sessions of this server: by their names, and by the tokens that only their clients have. */
export class SessionRegistry {
  readonly #tokens: SessionTokens;
  readonly #sessions = new Map<string, Session>();
  /** Those whose token says nothing. */
  readonly #byShortToken = new Map<string, Session>();
  /** The names, or short tokens, of sessions that another one replaced: good for nothing but this answer. */
  readonly #replaced = expiring<true>({ max: MOST_REPLACED, ttl: REPLACED_REMEMBERED_MS });

  constructor(tokens: SessionTokens) {
    this.#tokens = tokens;
  }

  /** A session that nobody finds yet. */
  create({ role, owner, client }: { role: SessionRole; owner: SessionOwner; client: Client }): Session {
    const { tokenKind } = client;
    const issueToken = (session: Session) => this.#tokens.issue(tokenKind, session);
    return new Session({ id: newSessionId(), role, owner, client, issueToken });
  }

  /** A session that another process had, under the name and the tokens that it has. It waits for its client. */
  inherit({ id, role, owner }: { id: string; role: SessionRole; owner: SessionOwner }): Session {
    const issueToken = (session: Session) => this.#tokens.issue('session', session);
    const session = new Session({ id, role, owner, client: undefined, issueToken });
    this.add(session);
    return session;
  }

  add(session: Session): void {
    this.#sessions.set(session.id, session);
    if (session.client?.tokenKind === 'short') this.#byShortToken.set(session.token, session);
  }

  /**
   * Takes a session out and away from its connection.
   *
   * @param why `SESSION_REPLACED` when another one does its work now: a client that was away then must not take it
   *   back, as it would if the session were merely unknown
   */
  remove(session: Session, why?: 'SESSION_REPLACED'): void {
    this.#sessions.delete(session.id);
    const isShort = this.#byShortToken.delete(session.token);
    if (why) this.#replaced.set(isShort ? session.token : session.id, true);
    session.release();
  }

  /** Whether the session of a token is here. */
  has(kind: TokenKind, token: string): boolean {
    return this.#findBy(kind, token).session !== undefined;
  }

  /**
   * Where to look for the session of a token that another process may hold.
   *
   * @returns what the token says, if it says something; `undefined` when there is nothing to look for: the
   *   session is here, or was until another one replaced it, or the token is forged
   */
  findElsewhere(kind: TokenKind, token: string): { issuer?: string; content?: TokenContent } | undefined {
    const { name, session, content } = this.#findBy(kind, token);
    if (name === undefined || session || this.#replaced.has(name)) return undefined;
    return content ? { issuer: content.door, content } : {};
  }

  find(sessionId: string): Session | undefined {
    return this.#sessions.get(sessionId);
  }

  /**
   * The session that a client of a kind has the token of.
   *
   * @throws MeshliftError `SESSION_NOT_FOUND`, also for tokens of other kinds; `SESSION_REPLACED`
   */
  get(kind: TokenKind, token: string): Session {
    const { name, session } = this.#findBy(kind, token);
    if (session) {
      session.knownBy(token);
      return session;
    }
    const replaced = name !== undefined && this.#replaced.has(name);
    throw new MeshliftError(replaced ? 'SESSION_REPLACED' : 'SESSION_NOT_FOUND');
  }

  /** What a token leads to; no name for one that is forged. */
  #findBy(
    kind: TokenKind,
    token: string,
  ): { name?: string; session?: Session | undefined; content?: TokenContent } {
    if (kind === 'short') return { name: token, session: this.#byShortToken.get(token) };
    const content = this.#tokens.open(kind, token);
    return content ? { name: content.id, session: this.#sessions.get(content.id), content } : {};
  }
}
