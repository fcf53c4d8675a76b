import { MeshliftError } from '@meshlift/protocol';
import { JetStreamApiCodes, JetStreamApiError, jetstream, StorageType } from '@nats-io/jetstream';
import { type KV, type KvEntry, Kvm, KvWatchInclude } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import * as z from 'zod';
import type { Subscription } from './bus.ts';
import { systemClock } from './clock.ts';
import type { ClusterLog } from './cluster-log.ts';
import type { NatsLink } from './nats-link.ts';
import { PendingRequests } from './pending-requests.ts';
import type { Seal } from './seal.ts';
import {
  assertKey,
  BUCKETS,
  type Bucket,
  bucketNames,
  type Change,
  type Entry,
  type Store,
} from './store.ts';
import { Listeners, subscription } from './subscriptions.ts';

const PREFIX = 'meshlift_';
/** One request to JetStream. */
const REQUEST_TIMEOUT_MS = 1_500;
/** A whole operation, of up to three requests. */
const OPERATION_TIMEOUT_MS = 1_800;
const RETRY_MS = 250;
/** A record has a few hundred bytes. */
const MAX_VALUE_BYTES = 8_192;
const REMOVED = new Set(['DEL', 'PURGE']);

const storedSchema = z.object({ value: z.unknown(), mark: z.string() });

type Buckets = Record<Bucket, KV>;

export interface NatsStoreOptions {
  link: NatsLink;
  seal: Seal;
  log: ClusterLog;
  /** Servers that keep each value. @default 1; 3 needs a NATS cluster of three */
  replicas?: number;
}

interface Watching {
  bucket: Bucket;
  from: 'current' | 'changes';
  listeners: Listeners<Change>;
  stop: (() => void) | undefined;
}

/**
 * The store over JetStream's key-value buckets. It reads from the leader and never from a follower, which may be
 * behind. Even a leader can be out of date for a moment while another takes over; writes cannot, and who owns what is
 * decided by writes alone. Each value carries a mark that only this cluster can make, for others may be able to write.
 */
export class NatsStore implements Store {
  readonly #link: NatsLink;
  readonly #seal: Seal;
  readonly #log: ClusterLog;
  readonly #replicas: number;
  readonly #connection: Listeners<boolean>;
  readonly #pending = new PendingRequests<unknown>();
  readonly #watching = new Set<Watching>();
  readonly #following: Subscription;
  #buckets: Buckets | undefined;
  #closed = false;

  private constructor({ link, seal, log, replicas = 1 }: NatsStoreOptions) {
    this.#link = link;
    this.#seal = seal;
    this.#log = log;
    this.#replicas = replicas;
    this.#connection = new Listeners(this.#reportThrown);
    this.#following = link.onConnection((connection) => {
      if (connection) void this.#open(connection);
      else this.#lose();
    });
  }

  /**
   * Opens the buckets, and makes those that are missing. The link stays its creator's.
   *
   * @throws Error if the server has JetStream turned off, or makes no buckets
   */
  static async create(options: NatsStoreOptions): Promise<NatsStore> {
    const store = new NatsStore(options);
    try {
      const connection = options.link.require();
      await store.#begin(await store.#makeBuckets(connection), connection);
    } catch (error) {
      await store.close();
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(`MESHLIFT_CLUSTER_URL: NATS keeps no values for the cluster: ${why}`, { cause: error });
    }
    return store;
  }

  get connected(): boolean {
    return !this.#closed && this.#buckets !== undefined;
  }

  onConnection(listener: (connected: boolean) => void): Subscription {
    return this.#connection.add(listener);
  }

  async get(bucket: Bucket, key: string): Promise<Entry | undefined> {
    assertKey(key);
    return await this.#ask(async (buckets) => {
      const found = await buckets[bucket].get(key);
      if (!found || REMOVED.has(found.operation)) return undefined;
      return this.#entry(bucket, found);
    });
  }

  async write(
    bucket: Bucket,
    key: string,
    value: unknown,
    { after }: { after: number | undefined },
  ): Promise<number | undefined> {
    assertKey(key);
    const mark = this.#seal.mark('record', markedText(bucket, key, value));
    const data = JSON.stringify({ value, mark });
    return await this.#ask((buckets) =>
      unlessConflict(() =>
        after === undefined ? buckets[bucket].create(key, data) : buckets[bucket].update(key, data, after),
      ),
    );
  }

  async remove(bucket: Bucket, key: string, revision: number): Promise<boolean> {
    assertKey(key);
    const removed = await this.#ask((buckets) =>
      unlessConflict(async () => {
        await buckets[bucket].delete(key, { previousSeq: revision });
        return revision;
      }),
    );
    return removed !== undefined;
  }

  async watch(
    bucket: Bucket,
    from: 'current' | 'changes',
    listener: (change: Change) => void,
  ): Promise<Subscription> {
    const listeners = new Listeners<Change>(this.#reportThrown);
    listeners.add(listener);
    const watching: Watching = { bucket, from, listeners, stop: undefined };
    this.#watching.add(watching);
    if (this.#buckets) await this.#follow(watching, this.#buckets).catch(this.#startOver);
    return subscription(() => {
      this.#watching.delete(watching);
      watching.stop?.();
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#following.close();
    for (const watching of this.#watching) watching.stop?.();
    this.#watching.clear();
    this.#pending.failAll(new MeshliftError('SERVER_CLOSING'));
  }

  readonly #reportThrown = (thrown: unknown): void => {
    this.#log.error(new Error('A listener of the cluster failed', { cause: thrown }));
  };

  /** Tries until the buckets are there or the connection is gone. */
  async #open(connection: NatsConnection): Promise<void> {
    const current = () => !this.#closed && this.#link.connection === connection;
    while (current()) {
      try {
        return await this.#begin(await this.#makeBuckets(connection), connection);
      } catch (error) {
        // A server that has just started has its streams a little later than its port.
        if (current()) this.#log.warn(`The cluster's values cannot be reached yet: ${String(error)}`);
        await new Promise<void>((resolve) => void systemClock.after(RETRY_MS, resolve));
      }
    }
  }

  async #makeBuckets(connection: NatsConnection): Promise<Buckets> {
    const manager = new Kvm(jetstream(connection, { timeout: REQUEST_TIMEOUT_MS }));
    const made = bucketNames.map((name) =>
      manager.create(PREFIX + name, {
        ttl: BUCKETS[name].ttlMs,
        history: 1,
        // Leases are worth nothing after a restart.
        storage: name === 'nodes' ? StorageType.Memory : StorageType.File,
        replicas: this.#replicas,
        maxValueSize: MAX_VALUE_BYTES,
        // Any follower could answer, with what was there before.
        allow_direct: false,
      }),
    );
    const [cluster, nodes, streams, rooms] = await Promise.all(made);
    if (!cluster || !nodes || !streams || !rooms) throw new Error('a bucket is missing');
    return { cluster, nodes, streams, rooms };
  }

  /** @throws what keeps a watch from beginning */
  async #begin(buckets: Buckets, connection: NatsConnection): Promise<void> {
    await Promise.all([...this.#watching].map((watching) => this.#follow(watching, buckets)));
    if (this.#closed || this.#link.connection !== connection) return;
    this.#buckets = buckets;
    this.#connection.notify(true);
  }

  #lose(): void {
    const was = this.#buckets;
    this.#buckets = undefined;
    for (const watching of this.#watching) watching.stop = undefined;
    this.#pending.failAll(new MeshliftError('DIRECTORY_UNAVAILABLE'));
    if (was) this.#connection.notify(false);
  }

  /** Resolves when the watch has begun. */
  async #follow(watching: Watching, buckets: Buckets): Promise<void> {
    const { bucket, from } = watching;
    const include = from === 'current' ? KvWatchInclude.LastValue : KvWatchInclude.UpdatesOnly;
    const changes = await buckets[bucket].watch({ include });
    if (!this.#watching.has(watching)) return changes.stop();
    watching.stop = () => changes.stop();
    void this.#deliver(changes, watching).catch(this.#startOver);
  }

  async #deliver(changes: AsyncIterable<KvEntry>, { bucket, listeners }: Watching): Promise<void> {
    for await (const change of changes) {
      const entry = REMOVED.has(change.operation) ? undefined : this.#entry(bucket, change);
      listeners.notify({ key: change.key, entry });
    }
  }

  /** Whoever can write to NATS can write anything; only this cluster can mark it. */
  #entry(bucket: Bucket, { key, value: bytes, revision }: KvEntry): Entry {
    const stored = storedSchema.safeParse(parse(bytes));
    if (!stored.success) return { key, value: undefined, revision, ours: false };
    const { value, mark } = stored.data;
    return {
      key,
      value,
      revision,
      ours: this.#seal.hasMarked('record', markedText(bucket, key, value), mark),
    };
  }

  /** What the connection is good for has gone, as when somebody has deleted a bucket. Without it this process would not hear of the others. */
  readonly #startOver = (error: unknown): void => {
    if (this.#closed || !this.#buckets) return;
    this.#log.warn(`The cluster's values are gone from NATS; connecting again: ${String(error)}`);
    void this.#link.connection?.close();
  };

  async #ask<T>(work: (buckets: Buckets) => Promise<T>): Promise<T> {
    if (this.#closed) throw new MeshliftError('SERVER_CLOSING');
    const buckets = this.#buckets;
    if (!buckets) throw new MeshliftError('DIRECTORY_UNAVAILABLE');
    const { promise, resolve, reject } = this.#pending.add();
    const fail = (cause?: unknown) =>
      reject(new MeshliftError('DIRECTORY_UNAVAILABLE', undefined, { cause }));
    const cancel = systemClock.after(OPERATION_TIMEOUT_MS, fail);
    work(buckets).then(resolve, (error) => {
      if (isMissingBucket(error) && this.#buckets === buckets) this.#startOver(error);
      fail(error);
    });
    try {
      return (await promise) as T;
    } finally {
      cancel();
    }
  }
}

/** @returns undefined if another value was written first */
async function unlessConflict(write: () => Promise<number>): Promise<number | undefined> {
  try {
    return await write();
  } catch (error) {
    const { StreamWrongLastSequence, StreamWrongLastSequenceUnknown } = JetStreamApiCodes;
    const conflicts: number[] = [StreamWrongLastSequence, StreamWrongLastSequenceUnknown];
    if (error instanceof JetStreamApiError && conflicts.includes(error.code)) return undefined;
    throw error;
  }
}

function isMissingBucket(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
}

/** A mark counts for one entry alone. */
function markedText(bucket: Bucket, key: string, value: unknown): string {
  return `${bucket} ${key} ${JSON.stringify(value)}`;
}

function parse(value: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(value).toString()) as unknown;
  } catch {
    return undefined;
  }
}
