import { type EventName, type EventPayload, MeshliftError } from '@meshlift/protocol';
import type { Socket } from 'socket.io';
import type { Client, Session, SessionRole } from '../sessions/session.ts';

/** One client's socket and the sessions that run over it. */
export class Connection implements Client {
  readonly baseUrl: string;
  /** Only ever handed to a rate limiter, which keeps a pseudonym of it. */
  readonly address: string;
  readonly #socket: Socket;
  readonly #sessions = new Map<string, Session>();

  constructor(socket: Socket, { baseUrl, address }: { baseUrl: string; address: string }) {
    this.#socket = socket;
    this.baseUrl = baseUrl;
    this.address = address;
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  send<N extends EventName>(name: N, payload: EventPayload<N>): void {
    this.#socket.emit(name, payload);
  }

  adopt(session: Session): void {
    if (this.#socket.connected) this.#sessions.set(session.id, session);
    // The client left while its request was under way: the session waits for it like any other.
    else session.owner.detach(session);
  }

  forget(session: Session): void {
    this.#sessions.delete(session.id);
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

  /** The socket is gone: its sessions wait to be resumed. */
  dropped(): void {
    for (const session of this.#sessions.values()) session.owner.detach(session);
    this.#sessions.clear();
  }
}
