import { type ErrorBody, type EventName, type EventPayload, MeshliftError } from '@meshlift/protocol';
import type { Socket } from 'socket.io';
import type { Client, Session, SessionRole } from '../sessions/session.ts';
import type { OlderVersion } from './older-version.ts';

/** One client's socket and the sessions that run over it. */
export class Connection implements Client {
  readonly baseUrl: string;
  /** Only ever handed to a rate limiter, which keeps a pseudonym of it. */
  readonly address: string;
  readonly #socket: Socket;
  readonly #older: OlderVersion | undefined;
  readonly #sessions = new Map<string, Session>();

  /** @param options.older the version that the client speaks, when it is not the present one */
  constructor(
    socket: Socket,
    options: { baseUrl: string; address: string; older: OlderVersion | undefined },
  ) {
    this.#socket = socket;
    this.#older = options.older;
    this.baseUrl = options.baseUrl;
    this.address = options.address;
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  send<N extends EventName>(name: N, payload: EventPayload<N>): void {
    const translate = this.#older?.events[name] as
      | ((payload: EventPayload<N>) => object | undefined)
      | undefined;
    const told = translate ? translate(payload) : payload;
    if (told) this.#socket.emit(name, told);
  }

  /** An error as the client knows it. */
  errorBody(error: MeshliftError): ErrorBody {
    const body = error.toBody();
    return this.#older ? { error: this.#older.error(body.error) } : body;
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
