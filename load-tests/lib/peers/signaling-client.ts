import {
  clientRequests,
  type EventName,
  type EventPayload,
  PROTOCOL_VERSION,
  type RequestName,
  type RequestPayload,
  type RequestReply,
  serverEvents,
} from '@meshlift/protocol';
import { io, type Socket } from 'socket.io-client';

/** How long the server may take to greet or to answer, in ms: longer than its own limit of 10 s. */
const WITHIN_MS = 15_000;

interface Options {
  /**
   * Whom a proxy in front of the server would name as the client; the server believes it only with
   * `MESHLIFT_TRUSTED_PROXIES`.
   */
  address?: string;
  /** Is told when the server ends the connection or speaks another language. */
  failed?: (why: string) => void;
  /** Hears every event that the protocol knows. */
  heard?: (event: ServerEvent) => void;
}

/** One of the protocol's events, with what it says. */
export type ServerEvent = { [N in EventName]: { name: N; payload: EventPayload<N> } }[EventName];

/**
 * A socket that speaks the plugin's protocol. It does not come back by itself: a connection that breaks under
 * load is a failure to be seen.
 */
export class SignalingClient {
  readonly #socket: Socket;
  readonly #failed: (why: string) => void;

  /** @throws Error when the server does not let it in */
  static async open(
    server: string,
    options: Options = {},
  ): Promise<{ client: SignalingClient; welcome: EventPayload<'server:welcome'> }> {
    const client = new SignalingClient(server, options);
    try {
      return { client, welcome: await client.#welcome() };
    } catch (error) {
      client.close();
      throw error;
    }
  }

  private constructor(
    server: string,
    { address, failed = () => undefined, heard = () => undefined }: Options,
  ) {
    this.#failed = failed;
    this.#socket = io(server, {
      transports: ['websocket'],
      auth: { protocol: PROTOCOL_VERSION },
      ...(address && { extraHeaders: { 'x-forwarded-for': address } }),
      reconnection: false,
      forceNew: true,
    });
    this.#socket.onAny((name: string, payload: unknown) => {
      if (!isEvent(name) || !serverEvents[name].safeParse(payload).success) {
        this.#failed(`an event that the protocol does not know: ${name}`);
        return;
      }
      heard({ name, payload } as ServerEvent);
      if (name === 'session:closed') {
        this.#failed(`session closed: ${(payload as EventPayload<'session:closed'>).error.code}`);
      }
    });
    this.#socket.on('disconnect', (reason) => {
      if (reason !== 'io client disconnect') this.#failed(`disconnected: ${reason}`);
    });
  }

  /** @throws Error with the code of the answer, when the server refuses */
  async request<N extends RequestName>(name: N, payload: RequestPayload<N>): Promise<RequestReply<N>> {
    const answer: unknown = await this.#socket.timeout(WITHIN_MS).emitWithAck(name, payload);
    const { data, error } = answer as { data?: unknown; error?: { code?: unknown } };
    if (error) throw new Error(`${name} was refused: ${error.code}`);
    return clientRequests[name].reply.parse(data) as RequestReply<N>;
  }

  /** Breaks the connection without a word about sessions. */
  close(): void {
    this.#socket.disconnect();
  }

  #welcome(): Promise<EventPayload<'server:welcome'>> {
    return new Promise((resolve, reject) => {
      const tooLate = setTimeout(() => reject(new Error('the server does not greet')), WITHIN_MS);
      this.#socket.once('server:welcome', (payload: unknown) => {
        clearTimeout(tooLate);
        try {
          resolve(serverEvents['server:welcome'].parse(payload));
        } catch (error) {
          reject(error);
        }
      });
      this.#socket.once('connect_error', (error) => {
        clearTimeout(tooLate);
        reject(error);
      });
    });
  }
}

function isEvent(name: string): name is EventName {
  return Object.hasOwn(serverEvents, name);
}
