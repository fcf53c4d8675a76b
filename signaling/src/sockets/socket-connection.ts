import { randomUUID } from 'node:crypto';
import type { ErrorBody, EventName, EventPayload, MeshliftError } from '@meshlift/protocol';
import type { Socket } from 'socket.io';
import { Connection } from './connection.ts';
import type { OlderVersion } from './older-version.ts';

/** A client that is connected to this door. */
export class SocketConnection extends Connection {
  /** Names it to other doors. No secret: it can do nothing. */
  readonly id: string = randomUUID();
  readonly #socket: Socket;
  readonly #older: OlderVersion | undefined;
  /** The processes that answer for sessions of this client's, by session. */
  readonly #elsewhere = new Map<string, string>();

  /** @param options.older the version that the client speaks, when it is not the present one */
  constructor(
    socket: Socket,
    options: { baseUrl: string; address: string; older: OlderVersion | undefined },
  ) {
    super({ ...options, tokenKind: options.older?.tokenKind ?? 'session' });
    this.#socket = socket;
    this.#older = options.older;
  }

  get connected(): boolean {
    return this.#socket.connected;
  }

  override get sessionCount(): number {
    return super.sessionCount + this.#elsewhere.size;
  }

  send<N extends EventName>(name: N, payload: EventPayload<N>): void {
    const translate = this.#older?.events[name] as
      | ((payload: EventPayload<N>) => object | undefined)
      | undefined;
    const told = translate ? translate(payload) : payload;
    if (told) this.#socket.emit(name, told);
  }

  drop(): void {
    this.#socket.disconnect(true);
  }

  /** An error as the client knows it. */
  errorBody(error: MeshliftError): ErrorBody {
    const body = error.toBody();
    return this.#older ? { error: this.#older.error(body.error) } : body;
  }

  /** The process that answers for a session of this client's, if it is another one. */
  ownerOf(sessionId: string): string | undefined {
    return this.#elsewhere.get(sessionId);
  }

  /** Whether a process answers for anything of this client's. */
  hasSessionsOf(process: string): boolean {
    return [...this.#elsewhere.values()].includes(process);
  }

  adoptedBy(process: string, sessionId: string): void {
    this.#elsewhere.set(sessionId, process);
  }

  forgottenBy(process: string, sessionId: string): void {
    if (this.ownerOf(sessionId) === process) this.#elsewhere.delete(sessionId);
  }

  override dropped(): void {
    super.dropped();
    this.#elsewhere.clear();
  }
}
