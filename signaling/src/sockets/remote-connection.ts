import type { EventName, EventPayload } from '@meshlift/protocol';
import type { ClientItem } from '@meshlift/protocol/cluster';
import type { Session, SocketTokenKind } from '../sessions/session.ts';
import { Connection } from './connection.ts';

/** A client that is connected to another door, and what of it belongs to this process. */
export class RemoteConnection extends Connection {
  readonly #send: (item: ClientItem) => void;
  #ended = false;

  /** @param options.send to the door that it is connected to, in the order of the calls */
  constructor(options: {
    baseUrl: string;
    address: string;
    tokenKind: SocketTokenKind;
    send(item: ClientItem): void;
  }) {
    super(options);
    this.#send = (item) => options.send(item);
  }

  get connected(): boolean {
    return !this.#ended;
  }

  send<N extends EventName>(name: N, payload: EventPayload<N>): void {
    if (!this.#ended) this.#send({ kind: 'event', name, payload });
  }

  drop(): void {
    if (!this.#ended) this.#send({ kind: 'drop' });
  }

  override adopt(session: Session): void {
    super.adopt(session);
    if (!this.#ended) this.#send({ kind: 'adopted', sessionId: session.token });
  }

  override forget(session: Session): void {
    super.forget(session);
    if (!this.#ended) this.#send({ kind: 'forgotten', sessionId: session.token });
  }

  override dropped(): void {
    this.#ended = true;
    super.dropped();
  }
}
