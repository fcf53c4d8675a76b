import { MeshliftError } from '@meshlift/protocol';
import { expiring } from '../access/expiring.ts';
import type { Session } from './session.ts';

/** How long it is remembered that a session was replaced: a laptop may sleep that long. */
export const REPLACED_REMEMBERED_MS = 24 * 60 * 60_000;

/** About a megabyte at most. Past it, the oldest are forgotten. */
const MOST_REPLACED = 10_000;

/** All sessions of this server by their id, which only their owner knows. */
export class SessionRegistry {
  readonly #sessions = new Map<string, Session>();
  /** The ids of sessions that another one replaced: dead, and good for nothing but this answer. */
  readonly #replaced = expiring<true>({ max: MOST_REPLACED, ttl: REPLACED_REMEMBERED_MS });

  add(session: Session): void {
    this.#sessions.set(session.id, session);
  }

  /**
   * Takes a session out and away from its connection.
   *
   * @param why `SESSION_REPLACED` when another one does its work now: a client that was away then must not take it
   *   back, as it would if the session were merely unknown
   */
  remove(session: Session, why?: 'SESSION_REPLACED'): void {
    this.#sessions.delete(session.id);
    if (why) this.#replaced.set(session.id, true);
    session.release();
  }

  /** Whether it is here, or was until another one replaced it. */
  knows(sessionId: string): boolean {
    return this.#sessions.has(sessionId) || this.#replaced.has(sessionId);
  }

  find(sessionId: string): Session | undefined {
    return this.#sessions.get(sessionId);
  }

  /** @throws MeshliftError `SESSION_NOT_FOUND`, `SESSION_REPLACED` */
  get(sessionId: string): Session {
    const session = this.#sessions.get(sessionId);
    if (session) return session;
    throw new MeshliftError(this.#replaced.has(sessionId) ? 'SESSION_REPLACED' : 'SESSION_NOT_FOUND');
  }
}
