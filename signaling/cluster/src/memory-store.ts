import { MeshliftError } from '@meshlift/protocol';
import type { Subscription } from './bus.ts';
import type { ClusterLog } from './cluster-log.ts';
import type { MemoryLink } from './memory-engine.ts';
import { PendingRequests } from './pending-requests.ts';
import { assertKey, type Bucket, type Change, type Entry, type Store } from './store.ts';
import { Listeners, subscription } from './subscriptions.ts';

export interface MemoryStoreOptions {
  /** Of the bus of the same process. */
  link: MemoryLink;
  log: ClusterLog;
}

interface Watching {
  bucket: Bucket;
  from: 'current' | 'changes';
  hear: (change: Change) => void;
}

/** The store inside one process, or of tests. Each operation takes a trip to the engine and one back. */
export class MemoryStore implements Store {
  readonly #link: MemoryLink;
  readonly #log: ClusterLog;
  readonly #connection: Listeners<boolean>;
  readonly #pending = new PendingRequests<unknown>();
  readonly #watching = new Set<Watching>();
  readonly #following: Subscription;
  #closed = false;

  constructor({ link, log }: MemoryStoreOptions) {
    this.#link = link;
    this.#log = log;
    this.#connection = new Listeners(this.#reportThrown);
    this.#following = link.onConnection((connected) => {
      if (connected) for (const watching of this.#watching) this.#follow(watching);
      else this.#pending.failAll(new MeshliftError('DIRECTORY_UNAVAILABLE'));
      this.#connection.notify(connected);
    });
  }

  get connected(): boolean {
    return !this.#closed && this.#link.connected();
  }

  onConnection(listener: (connected: boolean) => void): Subscription {
    return this.#connection.add(listener);
  }

  async get(bucket: Bucket, key: string): Promise<Entry | undefined> {
    assertKey(key);
    const found = await this.#ask(() => this.#link.data.get(bucket, key));
    return found && { key, value: JSON.parse(found.data), revision: found.revision, ours: true };
  }

  async write(
    bucket: Bucket,
    key: string,
    value: unknown,
    { after }: { after: number | undefined },
  ): Promise<number | undefined> {
    assertKey(key);
    const data = JSON.stringify(value);
    return await this.#ask(() => this.#link.data.write(bucket, key, data, after));
  }

  async remove(bucket: Bucket, key: string, revision: number): Promise<boolean> {
    assertKey(key);
    return (await this.#ask(() => this.#link.data.write(bucket, key, undefined, revision))) !== undefined;
  }

  async watch(
    bucket: Bucket,
    from: 'current' | 'changes',
    listener: (change: Change) => void,
  ): Promise<Subscription> {
    const listeners = new Listeners<Change>(this.#reportThrown);
    listeners.add(listener);
    const watching: Watching = { bucket, from, hear: (change) => listeners.notify(structuredClone(change)) };
    this.#watching.add(watching);
    if (this.connected) this.#follow(watching);
    return subscription(() => this.#unfollow(watching));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#following.close();
    for (const watching of this.#watching) this.#unfollow(watching);
    this.#pending.failAll(new MeshliftError('SERVER_CLOSING'));
  }

  readonly #reportThrown = (thrown: unknown): void => {
    this.#log.error(new Error('A listener of the cluster failed', { cause: thrown }));
  };

  #follow(watching: Watching): void {
    const { bucket, from, hear } = watching;
    const deliver = (change: Change) =>
      this.#link.clock.soon(() => {
        if (this.#link.reaches() && this.#watching.has(watching)) hear(change);
      });
    this.#link.data.unwatch(watching);
    const current = this.#link.data.watch(watching, bucket, deliver);
    if (from === 'current') for (const change of current) deliver(change);
  }

  #unfollow(watching: Watching): void {
    this.#watching.delete(watching);
    this.#link.data.unwatch(watching);
  }

  async #ask<T>(work: () => T): Promise<T> {
    if (this.#closed) throw new MeshliftError('SERVER_CLOSING');
    if (!this.connected) throw new MeshliftError('DIRECTORY_UNAVAILABLE');
    const { promise, resolve } = this.#pending.add();
    this.#link.clock.soon(() => {
      if (!this.#link.reaches()) return;
      const answer = work();
      this.#link.clock.soon(() => resolve(answer));
    });
    return (await promise) as T;
  }
}
