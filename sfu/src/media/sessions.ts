import { MeshliftError } from '@meshlift/protocol';
import type { Session } from './session.ts';

/** The sessions of one kind in a relay. */
export class Sessions<T extends Session> {
  readonly #byId = new Map<string, T>();

  get count(): number {
    return this.#byId.size;
  }

  /** A copy, which stays as it is while sessions come and go. */
  get all(): T[] {
    return [...this];
  }

  /** Those that have been there longest first. */
  [Symbol.iterator](): Iterator<T> {
    return this.#byId.values();
  }

  add(session: T): void {
    this.#byId.set(session.sessionId, session);
  }

  remove({ sessionId }: T): void {
    this.#byId.delete(sessionId);
  }

  has(session: T): boolean {
    return this.find(session.sessionId) === session;
  }

  find(sessionId: string): T | undefined {
    return this.#byId.get(sessionId);
  }

  /** @throws MeshliftError `SESSION_NOT_FOUND` */
  get(sessionId: string): T {
    const session = this.find(sessionId);
    if (!session) throw new MeshliftError('SESSION_NOT_FOUND');
    return session;
  }
}
