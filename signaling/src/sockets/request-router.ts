import { MeshliftError, type RequestName, type RequestPayload, type RequestReply } from '@meshlift/protocol';
import type { SessionRegistry } from '../sessions/session-registry.ts';
import type { Forwarder } from './forwarder.ts';
import type { RequestHandlers } from './handler.ts';
import type { SocketConnection } from './socket-connection.ts';

/** Who answers for what a request begins a session in: another process, or `undefined` for this one. */
export type Locators = {
  readonly [N in RequestName]?: (payload: RequestPayload<N>) => Promise<string | undefined>;
};

/** Ownership may change while a request is on its way; a second change is not waited for. */
const MAX_ATTEMPTS = 3;

/** Brings each request of a client to the process that answers for what it is about. */
export class RequestRouter {
  readonly #handlers: RequestHandlers;
  readonly #sessions: SessionRegistry;
  readonly #forwarder: Forwarder;
  readonly #locators: Locators;

  constructor(options: {
    handlers: RequestHandlers;
    sessions: SessionRegistry;
    forwarder: Forwarder;
    locators: Locators;
  }) {
    this.#handlers = options.handlers;
    this.#sessions = options.sessions;
    this.#forwarder = options.forwarder;
    this.#locators = options.locators;
  }

  async carryOut<N extends RequestName>(
    connection: SocketConnection,
    name: N,
    payload: RequestPayload<N>,
  ): Promise<RequestReply<N>> {
    for (let attempt = 1; ; attempt += 1) {
      const owner = this.#ownerOf(connection, name, payload);
      // Requests of sessions keep their order: they wait for nothing here.
      const process = owner instanceof Promise ? await owner : owner;
      try {
        return process === undefined
          ? await this.#handlers[name](connection, payload)
          : await this.#forwarder.request(process, connection, name, payload);
      } catch (error) {
        if (!(error instanceof MeshliftError) || error.code !== 'STALE_OWNER') throw error;
        // Between servers alone: the client asks again, and finds the owner by then.
        if (attempt === MAX_ATTEMPTS)
          throw new MeshliftError('NODE_UNREACHABLE', undefined, { cause: error });
      }
    }
  }

  #ownerOf<N extends RequestName>(
    connection: SocketConnection,
    name: N,
    payload: RequestPayload<N>,
  ): Promise<string | undefined> | string | undefined {
    const locate = this.#locators[name];
    if (locate) return locate(payload);
    if (!('sessionId' in payload)) return undefined;
    const { sessionId } = payload;
    if (name !== 'session:resume') return connection.ownerOf(sessionId);
    const { tokenKind } = connection;
    const elsewhere = this.#sessions.findElsewhere(tokenKind, sessionId);
    return elsewhere && this.#forwarder.holderOf(sessionId, { tokenKind, issuer: elsewhere.issuer });
  }
}
