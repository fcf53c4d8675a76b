import { MeshliftError } from '@meshlift/protocol';
import { answerWith, errorAnswer, readAnswer } from './answers.ts';
import {
  assertSubject,
  type Bus,
  type Handler,
  type Listener,
  type RequestOptions,
  type Subscription,
} from './bus.ts';
import type { Clock } from './clock.ts';
import type { ClusterLog } from './cluster-log.ts';
import { type Delivery, MemoryEngine, type MemoryLink } from './memory-engine.ts';
import { PendingRequests } from './pending-requests.ts';
import { Listeners, subscription } from './subscriptions.ts';

export interface MemoryBusOptions {
  log: ClusterLog;
  /** What it meets others in; one of its own by default. */
  engine?: MemoryEngine;
  /** The engine's by default. */
  clock?: Clock;
}

/** The bus inside one process. */
export class MemoryBus implements Bus {
  readonly #log: ClusterLog;
  readonly #engine: MemoryEngine;
  /** Shared with the store of the same process. Tests cut it. */
  readonly link: MemoryLink;
  readonly #handlers = new Map<string, Handler>();
  readonly #listeners = new Map<string, Listeners<unknown>>();
  readonly #connection: Listeners<boolean>;
  readonly #pending = new PendingRequests<string>();
  #closed = false;

  constructor({ log, engine = new MemoryEngine(), clock }: MemoryBusOptions) {
    this.#log = log;
    this.#engine = engine;
    this.#connection = new Listeners(this.#reportThrown);
    this.link = engine.connect(
      { deliver: (delivery) => this.#deliver(delivery), onError: this.#reportThrown },
      clock,
    );
    this.link.onConnection((connected) => {
      if (!connected) this.#pending.failAll(new MeshliftError('DIRECTORY_UNAVAILABLE'));
      this.#connection.notify(connected);
    });
  }

  get connected(): boolean {
    return !this.#closed && this.link.connected();
  }

  async request(subject: string, payload: unknown, { timeoutMs }: RequestOptions): Promise<unknown> {
    assertSubject(subject);
    this.#assertOpen();
    const data = this.#encode({ payload });
    const { promise, resolve, reject } = this.#pending.add();
    const routing = this.link.request({ subject, data, reply: resolve });
    if (!this.link.connected()) reject(new MeshliftError('DIRECTORY_UNAVAILABLE'));
    if (routing === 'nobody serves it') {
      // Its answer travels too.
      this.link.clock.soon(() => reject(new MeshliftError('NODE_UNREACHABLE')));
    }
    const cancel = this.link.clock.after(timeoutMs, () => reject(new MeshliftError('REQUEST_TIMEOUT')));
    try {
      return readAnswer(JSON.parse(await promise));
    } finally {
      cancel();
    }
  }

  serve(subject: string, handler: Handler): Subscription {
    assertSubject(subject);
    this.#assertOpen();
    if (this.#handlers.has(subject)) throw new TypeError(`"${subject}" is served already`);
    this.#handlers.set(subject, handler);
    const stop = this.link.serve(subject);
    return subscription(() => {
      stop();
      this.#handlers.delete(subject);
    });
  }

  publish(subject: string, payload: unknown): void {
    assertSubject(subject);
    this.#assertOpen();
    this.link.publish({ subject, data: this.#encode({ payload }) });
  }

  subscribe(subject: string, listener: Listener): Subscription {
    assertSubject(subject);
    this.#assertOpen();
    const listeners = this.#listeners.get(subject) ?? new Listeners<unknown>(this.#reportThrown);
    this.#listeners.set(subject, listeners);
    const entry = listeners.add(listener);
    const stop = this.link.subscribe(subject);
    return subscription(() => {
      stop();
      entry.close();
      if (listeners.size === 0) this.#listeners.delete(subject);
    });
  }

  async flush(): Promise<void> {
    this.#assertOpen();
    if (!this.connected) throw new MeshliftError('DIRECTORY_UNAVAILABLE');
  }

  onConnection(listener: (connected: boolean) => void): Subscription {
    return this.#connection.add(listener);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.link.disconnect();
    this.#handlers.clear();
    this.#listeners.clear();
    this.#pending.failAll(new MeshliftError('SERVER_CLOSING'));
  }

  readonly #reportThrown = (thrown: unknown): void => {
    this.#log.error(new Error('A listener of the cluster failed', { cause: thrown }));
  };

  #deliver({ subject, data, reply }: Delivery): void {
    if (this.#closed) return;
    if (!reply) {
      this.#listeners.get(subject)?.notifyEach(() => payloadOf(data));
      return;
    }
    const handler = this.#handlers.get(subject);
    if (!handler) return;
    void answerWith(handler, payloadOf(data), this.#log).then((answer) => {
      if (!this.#closed) reply(this.#encodeAnswer(answer));
    });
  }

  #encode(value: unknown): string {
    const data = JSON.stringify(value);
    if (Buffer.byteLength(data) > this.#engine.maxPayload) throw new MeshliftError('TOO_LARGE');
    return data;
  }

  #encodeAnswer(answer: unknown): string {
    try {
      return this.#encode(answer);
    } catch (error) {
      return this.#encode(errorAnswer(MeshliftError.from(error)));
    }
  }

  #assertOpen(): void {
    if (this.#closed) throw new MeshliftError('SERVER_CLOSING');
  }
}

function payloadOf(data: string): unknown {
  return (JSON.parse(data) as { payload?: unknown }).payload;
}
