import {
  clientRequests,
  type ErrorBody,
  type ErrorCode,
  type EventName,
  type EventPayload,
  errorTable,
  type IceServer,
  MeshliftError,
  PROTOCOL_VERSION,
  type RequestName,
  type RequestPayload,
  type RequestReply,
  serverEvents,
} from '@meshlift/protocol';
import { io, type Socket } from 'socket.io-client';
import { Emitter } from '../emitter.ts';

export type Welcome = EventPayload<'server:welcome'>;

export interface ConnectionEvents {
  /** The connection is up again after a drop, and the server has greeted. */
  restored: Welcome;
  /** The ICE servers to use from now on: the server has greeted, or the credentials of the former ones run out. */
  iceServers: IceServer[];
  /** The connection dropped; it is being restored. */
  dropped: undefined;
  /** The server is back and does not let this client in any more; unless the connection is closed it asks again. */
  refused: MeshliftError;
}

/** How long one attempt may take: a network that swallows WebSockets lets them wait for ever. */
const CONNECT_TIMEOUT_MS = 4_000;
/** How long the first connection may take before `open` gives up: time for an attempt of each transport. */
const OPEN_WITHIN_MS = 10_000;
const ANSWER_WITHIN_MS = 12_000;
/** A server that closes connections is restarting: ask again after this long, with jitter against a stampede. */
const RETURN_AFTER_MS = 500;
/** One that has refused to let this client in again is asked less often: it may be full, or about to stop. */
const RETURN_AFTER_REFUSAL_MS = 3_000;

type SessionEvent = {
  [N in EventName]: EventPayload<N> extends { sessionId: string } ? N : never;
}[EventName];

/** What a session does with each event that concerns it; events it has no listener for are left out. */
export type SessionListeners = { [N in SessionEvent]?: (payload: EventPayload<N>) => void };

/** The socket to a server: typed requests, parsed events, and its own return after a drop. */
export class SignalingConnection extends Emitter<ConnectionEvents> {
  readonly #socket: Socket;
  readonly #sessions = new Map<string, SessionListeners>();
  readonly #welcomed: Promise<Welcome>;
  #greeted = false;
  #closed = false;
  #iceServers: IceServer[] = [];
  #returning: ReturnType<typeof setTimeout> | undefined;

  /** @throws MeshliftError `DISCONNECTED`, or the code with which the server refused */
  static async open(server: string): Promise<{ connection: SignalingConnection; welcome: Welcome }> {
    const connection = new SignalingConnection(server);
    try {
      return { connection, welcome: await connection.#welcomed };
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  private constructor(server: string) {
    super();
    this.#socket = io(server, {
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      timeout: CONNECT_TIMEOUT_MS,
      auth: { protocol: PROTOCOL_VERSION },
      // By this a proxy in front of several doors keeps the requests of one connection together.
      query: { n: Math.random() },
      reconnectionDelay: 300,
      reconnectionDelayMax: 3_000,
      forceNew: true,
    });
    this.#welcomed = new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new MeshliftError('DISCONNECTED')), OPEN_WITHIN_MS);
      this.#socket.once('server:welcome', (payload: unknown) => {
        clearTimeout(timer);
        const parsed = serverEvents['server:welcome'].safeParse(payload);
        if (parsed.success) resolve(parsed.data);
        else reject(new MeshliftError('PROTOCOL_VERSION', undefined, { cause: parsed.error }));
      });
      this.#socket.on('connect_error', (error) => {
        const refusal = refusalOf(error);
        // From now on long polling comes first, and goes on to a WebSocket where one gets through.
        if (!refusal) this.#socket.io.opts.transports = ['polling', 'websocket'];
        else if (this.#greeted) this.#refused(refusal);
        else reject(refusal);
      });
    });
    // Whoever opened the connection hears of a failure; nobody else has to.
    this.#welcomed.catch(() => undefined);
    this.#socket.onAny((name: string, payload: unknown) => this.#receive(name, payload));
    this.#socket.on('disconnect', (reason) => {
      this.emit('dropped', undefined);
      if (reason === 'io server disconnect') this.#return(RETURN_AFTER_MS);
    });
  }

  /** The ICE servers to use for a path that is opened or looked for anew. */
  get iceServers(): IceServer[] {
    return this.#iceServers;
  }

  /** Requests on a connection that is down fail at once: what they are about must be resumed first. */
  async request<N extends RequestName>(name: N, payload: RequestPayload<N>): Promise<RequestReply<N>> {
    if (!this.#socket.connected) throw new MeshliftError('DISCONNECTED');
    let answer: unknown;
    try {
      answer = await this.#socket.timeout(ANSWER_WITHIN_MS).emitWithAck(name, payload);
    } catch (error) {
      throw new MeshliftError(this.#socket.connected ? 'REQUEST_TIMEOUT' : 'DISCONNECTED', undefined, {
        cause: error,
      });
    }
    const refusal = errorOf(answer);
    if (refusal) throw refusal;
    const parsed = clientRequests[name].reply.safeParse((answer as { data?: unknown }).data);
    if (!parsed.success) throw new MeshliftError('PROTOCOL_VERSION', undefined, { cause: parsed.error });
    return parsed.data as RequestReply<N>;
  }

  /** Hands a session's events to its listeners until `unfollow`. */
  follow(sessionId: string, listeners: SessionListeners): void {
    this.#sessions.set(sessionId, listeners);
  }

  unfollow(sessionId: string): void {
    this.#sessions.delete(sessionId);
  }

  /** Repeating it changes nothing. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#returning);
    this.#sessions.clear();
    this.#socket.disconnect();
  }

  /** socket.io does not come back by itself to a server that refused it, nor to one that closed the connection. */
  #return(afterMs: number): void {
    this.#returning = setTimeout(() => this.#socket.connect(), afterMs * (1 + Math.random()));
  }

  #refused(refusal: MeshliftError): void {
    this.emit('refused', refusal);
    if (!this.#closed) this.#return(RETURN_AFTER_REFUSAL_MS);
  }

  #receive(name: string, payload: unknown): void {
    if (!Object.hasOwn(serverEvents, name)) return;
    const parsed = serverEvents[name as EventName].safeParse(payload);
    if (!parsed.success) return;
    if ('iceServers' in parsed.data) {
      this.#iceServers = parsed.data.iceServers;
      this.emit('iceServers', this.#iceServers);
    }
    if (name === 'server:welcome') {
      if (this.#greeted) this.emit('restored', parsed.data as Welcome);
      this.#greeted = true;
    } else if ('sessionId' in parsed.data) {
      const listeners = this.#sessions.get(parsed.data.sessionId);
      // The payload has just been parsed by the schema of this very name.
      const listener = listeners?.[name as SessionEvent] as ((payload: unknown) => void) | undefined;
      listener?.(parsed.data);
    }
  }
}

/** The coded error in an answer, if it is one. */
function errorOf(answer: unknown): MeshliftError | undefined {
  if (typeof answer !== 'object' || answer === null || !('error' in answer)) return undefined;
  const { code, message, reference, upgrade } = answer.error as { [K in keyof ErrorBody['error']]?: unknown };
  const known =
    typeof code === 'string' && Object.hasOwn(errorTable, code) ? (code as ErrorCode) : 'INTERNAL';
  return new MeshliftError(known, typeof message === 'string' ? message : undefined, {
    reference: typeof reference === 'string' ? reference : undefined,
    upgrade: upgrade === 'client' || upgrade === 'server' ? upgrade : undefined,
  });
}

/** The server's reason for not letting this client in; undefined when it just cannot be reached. */
function refusalOf(error: Error): MeshliftError | undefined {
  return 'data' in error ? errorOf(error.data) : undefined;
}

export { errorOf };
