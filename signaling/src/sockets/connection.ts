import { type EventName, type EventPayload, MeshliftError } from '@meshlift/protocol';
import type { Client, Session, SessionRole, SocketTokenKind } from '../sessions/session.ts';

/** One client's connection, to this door or to another one, and the sessions of this process that run over it. */
export abstract class Connection implements Client {
  readonly baseUrl: string;
  /** Only ever handed to a rate limiter, which keeps a pseudonym of it. */
  readonly address: string;
  readonly tokenKind: SocketTokenKind;
  /** By their tokens. */
  readonly #sessions = new Map<string, Session>();

  constructor(options: { baseUrl: string; address: string; tokenKind: SocketTokenKind }) {
    this.tokenKind = options.tokenKind;
    this.baseUrl = options.baseUrl;
    this.address = options.address;
  }

  abstract readonly connected: boolean;

  abstract send<N extends EventName>(name: N, payload: EventPayload<N>): void;

  /** Closes the connection. The client comes back, and resumes its sessions or joins again. */
  abstract drop(): void;

  get sessionCount(): number {
    return this.#sessions.size;
  }

  adopt(session: Session): void {
    if (this.connected) this.#sessions.set(session.token, session);
    // The client left while its request was under way: the session waits for it like any other.
    else session.owner.detach(session);
  }

  forget(session: Session): void {
    this.#sessions.delete(session.token);
  }

  /**
   * A session of this connection.
   *
   * @throws MeshliftError `SESSION_NOT_FOUND`, also for sessions of others; `WRONG_STATE` for the other role
   */
  session(sessionId: string, role?: SessionRole): Session {
    const session = this.#sessions.get(sessionId);
    if (!session) throw new MeshliftError('SESSION_NOT_FOUND');
    if (role && session.role !== role)
      throw new MeshliftError('WRONG_STATE', `Only a ${role} can ask for this.`);
    return session;
  }

  /** It has ended: its sessions wait to be resumed. */
  dropped(): void {
    for (const session of this.#sessions.values()) session.owner.detach(session);
    this.#sessions.clear();
  }
}
