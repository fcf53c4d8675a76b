import {
  type CreatedStream,
  type ErrorBody,
  type EventName,
  type EventPayload,
  PROTOCOL_VERSION,
  type RequestName,
  type RequestPayload,
  type RequestReply,
} from '@meshlift/protocol';
import type { LocalMediaNode } from '@meshlift/sfu';
import { createLogger } from '@meshlift/telemetry';
import { io, type Socket } from 'socket.io-client';
import { onTestFinished } from 'vitest';
import { type Config, parseConfig } from '../config/config.ts';
import { type MeshliftServer, type ServerLimits, startServer } from '../server.ts';
import { sumOf } from './metrics-text.ts';

/** A real server on free ports, with real workers, and what a test needs to speak to it. */
export class TestServer {
  readonly server: MeshliftServer;
  readonly url: string;
  /** Every line that was logged, as it was written. */
  readonly log: string[];

  /** Stops by itself when the test that started it is over. */
  static async start(overrides: Partial<Config> = {}, limits: ServerLimits = {}): Promise<TestServer> {
    const log: string[] = [];
    const config = parseConfig({
      MESHLIFT_PORT: '0',
      MESHLIFT_RTC_PORT: '0',
      MESHLIFT_METRICS_PORT: '0',
      MESHLIFT_HOST: '127.0.0.1',
      MESHLIFT_WORKERS: '1',
    });
    const logger = createLogger('debug', { write: (line) => log.push(line) });
    const server = await startServer({ ...config, ...overrides }, logger, undefined, limits);
    onTestFinished(() => server.close());
    return new TestServer(server, log);
  }

  private constructor(server: MeshliftServer, log: string[]) {
    this.server = server;
    this.url = `http://127.0.0.1:${server.port}`;
    this.log = log;
  }

  get port(): number {
    return present(this.server.port);
  }

  get node(): LocalMediaNode {
    return present(this.server.node);
  }

  async createStream(): Promise<CreatedStream> {
    const response = await fetch(`${this.url}/api/streams`, { method: 'POST' });
    return (await response.json()) as CreatedStream;
  }

  /** A request with a publish key, or with none. */
  call(method: string, path: string, publishKey?: string): Promise<Response> {
    const headers: Record<string, string> = publishKey ? { authorization: `Bearer ${publishKey}` } : {};
    return fetch(this.url + path, { method, headers });
  }

  async connect(transports?: Transport[]): Promise<TestClient> {
    const client = new TestClient(this.url, { transports });
    onTestFinished(() => client.close());
    await client.next('server:welcome');
    return client;
  }

  /** The value of a metric, summed over its labels. */
  async metric(name: string): Promise<number> {
    return sumOf(await (await fetch(`http://127.0.0.1:${this.server.metricsPort}/metrics`)).text(), name);
  }
}

type Transport = 'polling' | 'websocket';

/** A real socket.io client that speaks the protocol, and can also speak it badly. */
export class TestClient {
  readonly socket: Socket;
  readonly #received: { name: string; payload: unknown }[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(
    url: string,
    options: {
      protocol?: number;
      origin?: string;
      headers?: Record<string, string>;
      transports?: Transport[];
      /** For a certificate that nobody vouches for. */
      rejectUnauthorized?: false;
    } = {},
  ) {
    this.socket = io(url, {
      transports: options.transports ?? ['websocket'],
      auth: { protocol: options.protocol ?? PROTOCOL_VERSION },
      extraHeaders: { ...options.headers, ...(options.origin && { origin: options.origin }) },
      ...(options.rejectUnauthorized === false && { rejectUnauthorized: false }),
      reconnection: false,
      forceNew: true,
    });
    this.socket.onAny((name: string, payload: unknown) => {
      this.#received.push({ name, payload });
      for (const wake of this.#waiting) wake();
    });
  }

  /** Sends anything under any name. */
  raw(name: string, ...args: unknown[]): Promise<{ data: unknown } | ErrorBody> {
    return this.socket.timeout(15_000).emitWithAck(name, ...args);
  }

  /** @throws the error body, if that is the answer */
  async request<N extends RequestName>(name: N, payload: RequestPayload<N>): Promise<RequestReply<N>> {
    const answer = await this.raw(name, payload);
    if ('error' in answer) throw Object.assign(new Error(answer.error.message), answer.error);
    return answer.data as RequestReply<N>;
  }

  /** The code of the error a request is answered with. */
  async refused<N extends RequestName>(name: N, payload: RequestPayload<N>): Promise<string> {
    const answer = await this.raw(name, payload);
    return 'error' in answer ? answer.error.code : 'not refused';
  }

  /** The next event of that name which fits; those that came before the call count, each once. */
  async next<N extends EventName>(
    name: N,
    fits: (payload: EventPayload<N>) => boolean = () => true,
  ): Promise<EventPayload<N>> {
    for (;;) {
      const index = this.#received.findIndex(
        (event) => event.name === name && fits(event.payload as EventPayload<N>),
      );
      if (index >= 0) return this.#received.splice(index, 1)[0]?.payload as EventPayload<N>;
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
    }
  }

  /** The events of that name that have come and that nobody has waited for yet. */
  received<N extends EventName>(name: N): EventPayload<N>[] {
    return this.#received
      .filter((event) => event.name === name)
      .map(({ payload }) => payload as EventPayload<N>);
  }

  /** Resolves when the connection has ended. */
  async ended(): Promise<void> {
    if (this.socket.connected) await new Promise((resolve) => this.socket.once('disconnect', resolve));
  }

  close(): void {
    this.socket.disconnect();
  }
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a server of this role has none');
  return value;
}
