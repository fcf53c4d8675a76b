import { MeshliftError } from '@meshlift/protocol';
import {
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  jetstream,
  StorageType,
} from '@nats-io/jetstream';
import { type KV, type KvEntry, Kvm } from '@nats-io/kv';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import * as z from 'zod';
import type { Subscription } from './bus.ts';
import { systemClock } from './clock.ts';
import type { ClusterLog } from './cluster-log.ts';
import type { NatsLink } from './nats-link.ts';
import { NatsReceiver } from './nats-receiver.ts';
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
/** Where each bucket's changes are published once they are stored. */
const CHANGES = 'meshlift_changes';
const READS_AT_ONCE = 32;
/** One request to JetStream. */
const REQUEST_TIMEOUT_MS = 1_500;
/** A whole operation, of up to three requests. */
const OPERATION_TIMEOUT_MS = 1_800;
const RETRY_MS = 250;
const START_TIMEOUT_MS = 10_000;
/** A record has a few hundred bytes. */
const MAX_VALUE_BYTES = 8_192;
const REMOVED = new Set(['DEL', 'PURGE']);

const storedSchema = z.object({ value: z.unknown(), mark: z.string() });

/** What there is on one connection. */
interface Buckets {
  connection: NatsConnection;
  manager: JetStreamManager;
  kv: Record<Bucket, KV>;
}

export interface NatsStoreOptions {
  link: NatsLink;
  seal: Seal;
  log: ClusterLog;
  /** Servers that keep each value. @default 1; 3 needs a NATS cluster of three */
  replicas?: number;
  /** How long the buckets may take: a NATS cluster that has just started chooses its leaders first. @default 10 s */
  startTimeoutMs?: number;
}

interface Watching {
  bucket: Bucket;
  from: 'current' | 'changes';
  listeners: Listeners<Change>;
  receiver: NatsReceiver;
  /** Changes that came while what was there before was still being read. */
  waiting: Numbered[] | undefined;
}

interface Numbered {
  change: Change;
  revision: number;
}

/**
 * The store over JetStream's key-value buckets.
 *
 * - It reads from the leader and never from a follower, which may be behind. Even a leader can be out of date for a
 *   moment while another takes over; writes cannot, and who owns what is decided by writes alone.
 * - Changes come as messages that the leader publishes once it has stored them. A consumer of JetStream's would die
 *   with the server it is on, and its client may not notice.
 * - Each value carries a mark that only this cluster can make, for others may be able to write.
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
    const { link, startTimeoutMs = START_TIMEOUT_MS } = options;
    const store = new NatsStore(options);
    const until = systemClock.now() + startTimeoutMs;
    for (;;) {
      try {
        const connection = link.require();
        await store.#begin(await store.#makeBuckets(connection));
        if (store.connected) return store;
      } catch (error) {
        if (store.connected) return store;
        if (systemClock.now() > until) {
          await store.close();
          const why = error instanceof Error ? error.message : String(error);
          throw new Error(`MESHLIFT_CLUSTER_URL: NATS keeps no values for the cluster: ${why}`);
        }
      }
      await new Promise<void>((resolve) => void systemClock.after(RETRY_MS, resolve));
    }
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
      const found = await buckets.kv[bucket].get(key);
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
        after === undefined
          ? buckets.kv[bucket].create(key, data)
          : buckets.kv[bucket].update(key, data, after),
      ),
    );
  }

  async remove(bucket: Bucket, key: string, revision: number): Promise<boolean> {
    assertKey(key);
    const removed = await this.#ask((buckets) =>
      unlessConflict(async () => {
        await buckets.kv[bucket].delete(key, { previousSeq: revision });
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
    const receiver = new NatsReceiver({
      subject: `${CHANGES}.${bucket}.*`,
      receive: (message) => this.#changed(watching, message),
    });
    const watching: Watching = { bucket, from, listeners, receiver, waiting: undefined };
    this.#watching.add(watching);
    if (this.#buckets) await this.#follow(watching, this.#buckets).catch(this.#startOver);
    return subscription(() => {
      this.#watching.delete(watching);
      receiver.close();
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#following.close();
    for (const { receiver } of this.#watching) receiver.close();
    this.#watching.clear();
    this.#pending.failAll(new MeshliftError('SERVER_CLOSING'));
  }

  readonly #reportThrown = (thrown: unknown): void => {
    this.#log.error(new Error('A listener of the cluster failed', { cause: thrown }));
  };

  /** Tries until the buckets are there or the connection is gone. */
  async #open(connection: NatsConnection): Promise<void> {
    const current = () => !this.#closed && this.#link.connection === connection;
    let said = false;
    while (current()) {
      try {
        return await this.#begin(await this.#makeBuckets(connection));
      } catch (error) {
        // A server that has just started has its streams a little later than its port.
        if (current() && !said)
          this.#log.warn(`The cluster's values cannot be reached yet: ${String(error)}`);
        said = true;
        await new Promise<void>((resolve) => void systemClock.after(RETRY_MS, resolve));
      }
    }
  }

  async #makeBuckets(connection: NatsConnection): Promise<Buckets> {
    const client = jetstream(connection, { timeout: REQUEST_TIMEOUT_MS });
    const maker = new Kvm(client);
    const made = bucketNames.map((name) =>
      maker.create(PREFIX + name, {
        ttl: BUCKETS[name].ttlMs,
        history: 1,
        // Leases are worth nothing after a restart.
        storage: name === 'nodes' ? StorageType.Memory : StorageType.File,
        replicas: this.#replicas,
        maxValueSize: MAX_VALUE_BYTES,
        // Any follower could answer, with what was there before.
        allow_direct: false,
        republish: { src: `$KV.${PREFIX}${name}.>`, dest: `${CHANGES}.${name}.>` },
      }),
    );
    const buckets = await Promise.all(made);
    // One that is there may still have no leader.
    await Promise.all(buckets.map((bucket) => bucket.get('any')));
    const [cluster, nodes, streams, rooms] = buckets;
    if (!cluster || !nodes || !streams || !rooms) throw new Error('a bucket is missing');
    return { connection, manager: await client.jetstreamManager(), kv: { cluster, nodes, streams, rooms } };
  }

  /** @throws what keeps a watch from beginning */
  async #begin(buckets: Buckets): Promise<void> {
    await Promise.all([...this.#watching].map((watching) => this.#follow(watching, buckets)));
    if (this.#closed || this.#link.connection !== buckets.connection) return;
    this.#buckets = buckets;
    this.#connection.notify(true);
  }

  #lose(): void {
    const was = this.#buckets;
    this.#buckets = undefined;
    this.#pending.failAll(new MeshliftError('DIRECTORY_UNAVAILABLE'));
    if (was) this.#connection.notify(false);
  }

  /** Resolves when the watch has begun. */
  async #follow(watching: Watching, buckets: Buckets): Promise<void> {
    const { bucket, from, receiver } = watching;
    watching.waiting = [];
    receiver.open(buckets.connection);
    const there = from === 'current' ? await this.#readAll(bucket, buckets) : [];
    const read = new Map(there.map(({ key, revision }) => [key, revision]));
    // What was read may be newer than what came meanwhile.
    const came = watching.waiting.filter(({ change, revision }) => revision > (read.get(change.key) ?? 0));
    watching.waiting = undefined;
    for (const entry of there) watching.listeners.notify({ key: entry.key, entry });
    for (const { change } of came) watching.listeners.notify(change);
    await this.#link.flush();
  }

  async #readAll(bucket: Bucket, { manager, kv }: Buckets): Promise<Entry[]> {
    const prefix = `$KV.${PREFIX}${bucket}.`;
    const { state } = await manager.streams.info(`KV_${PREFIX}${bucket}`, { subjects_filter: `${prefix}>` });
    const keys = Object.keys(state.subjects ?? {}).map((subject) => subject.slice(prefix.length));
    const read: Entry[] = [];
    for (let i = 0; i < keys.length; i += READS_AT_ONCE) {
      const found = await Promise.all(keys.slice(i, i + READS_AT_ONCE).map((key) => kv[bucket].get(key)));
      for (const entry of found) {
        if (entry && !REMOVED.has(entry.operation)) read.push(this.#entry(bucket, entry));
      }
    }
    return read;
  }

  #changed(watching: Watching, { subject, headers, data }: Msg): void {
    const { bucket, listeners, waiting } = watching;
    if (this.#closed || !this.#watching.has(watching)) return;
    const key = subject.slice(`${CHANGES}.${bucket}.`.length);
    const revision = Number(headers?.get('Nats-Sequence'));
    const removed = REMOVED.has(headers?.get('KV-Operation') ?? '');
    const change = { key, entry: removed ? undefined : this.#entry(bucket, { key, value: data, revision }) };
    if (waiting) waiting.push({ change, revision });
    else listeners.notify(change);
  }

  /** Whoever can write to NATS can write anything; only this cluster can mark it. */
  #entry(
    bucket: Bucket,
    { key, value: bytes, revision }: Pick<KvEntry, 'key' | 'value' | 'revision'>,
  ): Entry {
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

  /** What the connection is good for has gone, as when somebody has deleted a bucket: begins anew with another one. */
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
