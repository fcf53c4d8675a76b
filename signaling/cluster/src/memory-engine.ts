import type { Subscription } from './bus.ts';
import { type Clock, systemClock } from './clock.ts';
import { MemoryData } from './memory-data.ts';
import { Listeners } from './subscriptions.ts';

/** What the engine hands to a client. */
export interface Delivery {
  subject: string;
  /** JSON text. */
  data: string;
  /** Takes the answer; absent on what was published. */
  reply?: (data: string) => void;
}

/** A client as the engine sees it. */
interface Client {
  readonly clock: Clock;
  readonly served: Set<string>;
  readonly subscribed: Map<string, number>;
  deliver(delivery: Delivery): void;
  connectionChanged(connected: boolean): void;
}

/** How a request fared at the engine. */
export type Routing = 'delivered' | 'nobody serves it' | 'no connection';

/**
 * What several in-memory buses and directories meet in, as processes meet in a NATS server. A single process has one of
 * its own. Tests run a whole cluster in one process with it, and stop, empty and cut it as they like.
 */
export class MemoryEngine {
  /** The largest message, in bytes of JSON; NATS has the same default. */
  readonly maxPayload: number;
  /** What the stores share. Emptying it loses it, as a server does that comes back without its store. */
  readonly data: MemoryData;
  readonly #clock: Clock;
  readonly #clients = new Set<Client>();
  readonly #cutOff = new Map<Client, { noticed: boolean }>();
  #running = true;

  /** @param clock of those who connect without one of their own */
  constructor({ clock = systemClock, maxPayload = 1_048_576 }: { clock?: Clock; maxPayload?: number } = {}) {
    this.#clock = clock;
    this.data = new MemoryData(clock);
    this.maxPayload = maxPayload;
  }

  get running(): boolean {
    return this.#running;
  }

  /** Stops it as a killed server stops: everybody loses the connection, and what is under way is lost. */
  stop(): void {
    if (!this.#running) return;
    this.#running = false;
    for (const client of this.#clients) if (!this.#cutOff.has(client)) client.connectionChanged(false);
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    for (const client of this.#clients) if (!this.#cutOff.has(client)) client.connectionChanged(true);
  }

  connect(
    { deliver, onError }: { deliver: Client['deliver']; onError: (thrown: unknown) => void },
    clock = this.#clock,
  ): MemoryLink {
    const listeners = new Listeners<boolean>(onError);
    // A process that is paused hears of it when it runs again.
    let known = this.#running;
    const connectionChanged = (connected: boolean) =>
      clock.soon(() => {
        if (known === connected) return;
        known = connected;
        listeners.notify(connected);
      });
    const client: Client = { clock, served: new Set(), subscribed: new Map(), deliver, connectionChanged };
    this.#clients.add(client);
    return {
      clock,
      data: this.data,
      onConnection: (listener) => listeners.add(listener),
      connected: () => known && this.#clients.has(client),
      reaches: () => this.#reaches(client),
      cutOff: ({ noticed }) => {
        if (this.#cutOff.has(client)) return;
        const before = this.#reaches(client);
        this.#cutOff.set(client, { noticed });
        if (before) client.connectionChanged(false);
      },
      restore: () => {
        if (this.#cutOff.delete(client) && this.#running) client.connectionChanged(true);
      },
      serve: (subject) => {
        client.served.add(subject);
        return () => client.served.delete(subject);
      },
      subscribe: (subject) => {
        client.subscribed.set(subject, (client.subscribed.get(subject) ?? 0) + 1);
        return () => {
          const left = (client.subscribed.get(subject) ?? 1) - 1;
          if (left > 0) client.subscribed.set(subject, left);
          else client.subscribed.delete(subject);
        };
      },
      request: (delivery) => this.#request(client, delivery),
      publish: (delivery) => this.#publish(client, delivery),
      disconnect: () => {
        this.#clients.delete(client);
        this.#cutOff.delete(client);
      },
    };
  }

  #reaches(client: Client): boolean {
    return this.#running && this.#clients.has(client) && !this.#cutOff.has(client);
  }

  /** Clients whose loss the engine has not noticed yet still count as serving. */
  #counts(client: Client): boolean {
    return this.#running && this.#cutOff.get(client)?.noticed !== true;
  }

  #request(from: Client, delivery: Delivery & { reply: (data: string) => void }): Routing {
    if (!this.#reaches(from)) return 'no connection';
    const serving = [...this.#clients].filter(
      (client) => client.served.has(delivery.subject) && this.#counts(client),
    );
    const chosen = serving[Math.floor(Math.random() * serving.length)];
    if (!chosen) return 'nobody serves it';
    const reply = (data: string) => {
      if (this.#reaches(chosen) && this.#reaches(from)) from.clock.soon(() => delivery.reply(data));
    };
    this.#carry(chosen, { ...delivery, reply });
    return 'delivered';
  }

  #publish(from: Client, delivery: Delivery): void {
    if (!this.#reaches(from)) return;
    for (const client of this.#clients) {
      if (client.subscribed.has(delivery.subject)) this.#carry(client, delivery);
    }
  }

  /** What the receiver is cut off from at the moment of delivery is lost. */
  #carry(to: Client, delivery: Delivery): void {
    to.clock.soon(() => {
      if (this.#reaches(to)) to.deliver(delivery);
    });
  }
}

/** One client's connection to the engine. */
export interface MemoryLink {
  readonly clock: Clock;
  readonly data: MemoryData;
  /** As far as this client knows. */
  connected(): boolean;
  /** As it is. */
  reaches(): boolean;
  onConnection(listener: (connected: boolean) => void): Subscription;
  /**
   * Cuts this client off from the engine alone. `noticed`: the engine knows at once, as after a reset; else requests to
   * it vanish, as when its cable is pulled.
   */
  cutOff(how: { noticed: boolean }): void;
  restore(): void;
  /** @returns stops serving */
  serve(subject: string): () => void;
  /** @returns ends the subscription */
  subscribe(subject: string): () => void;
  request(delivery: Delivery & { reply: (data: string) => void }): Routing;
  publish(delivery: Delivery): void;
  disconnect(): void;
}
