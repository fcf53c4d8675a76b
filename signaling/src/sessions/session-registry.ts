import { MeshliftError } from '@meshlift/protocol';
import type { Session } from './session.ts';

/** All sessions of this server by their id, which only their owner knows. */
export class SessionRegistry {
  readonly #sessions = new Map<string, Session>();

  add(session: Session): void {
    this.#sessions.set(session.id, session);
  }

  /** Takes a session out and away from its connection. */
  remove(session: Session): void {
    this.#sessions.delete(session.id);
    session.release();
  }

  find(sessionId: string): Session | undefined {
    return this.#sessions.get(sessionId);
  }

  /** @throws MeshliftError `SESSION_NOT_FOUND` */
  get(sessionId: string): Session {
    const session = this.#sessions.get(sessionId);
    if (!session) throw new MeshliftError('SESSION_NOT_FOUND');
    return session;
  }
}
