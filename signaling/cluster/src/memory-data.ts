import type { Clock } from './clock.ts';
import { BUCKETS, type Bucket, type Change } from './store.ts';

interface Stored {
  /** JSON text; undefined where the entry was removed. */
  data: string | undefined;
  revision: number;
  at: number;
}

interface BucketData {
  revision: number;
  entries: Map<string, Stored>;
}

/** What the in-memory engine keeps for its stores. */
export class MemoryData {
  readonly #clock: Clock;
  #buckets = empty();
  readonly #watchers = new Map<object, { bucket: Bucket; hear: (change: Change) => void }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(bucket: Bucket, key: string): { data: string; revision: number } | undefined {
    const stored = this.#current(bucket, key);
    return stored?.data === undefined ? undefined : { data: stored.data, revision: stored.revision };
  }

  write(
    bucket: Bucket,
    key: string,
    data: string | undefined,
    after: number | undefined,
  ): number | undefined {
    if (this.get(bucket, key)?.revision !== after) return undefined;
    const into = this.#buckets[bucket];
    into.revision += 1;
    into.entries.set(key, { data, revision: into.revision, at: this.#clock.now() });
    const entry =
      data === undefined ? undefined : { key, value: JSON.parse(data), revision: into.revision, ours: true };
    for (const watcher of this.#watchers.values())
      if (watcher.bucket === bucket) watcher.hear({ key, entry });
    return into.revision;
  }

  /** @returns everything that is there; from then on `hear` is called for each change */
  watch(watcher: object, bucket: Bucket, hear: (change: Change) => void): Change[] {
    this.#watchers.set(watcher, { bucket, hear });
    return [...this.#buckets[bucket].entries.keys()].flatMap((key) => {
      const found = this.get(bucket, key);
      return found
        ? [{ key, entry: { key, value: JSON.parse(found.data), revision: found.revision, ours: true } }]
        : [];
    });
  }

  unwatch(watcher: object): void {
    this.#watchers.delete(watcher);
  }

  /** All JSON text that is stored, by bucket and key. */
  dump(): Record<Bucket, Record<string, string>> {
    const text = ({ entries }: BucketData) =>
      Object.fromEntries(
        [...entries].flatMap(([key, { data }]) => (data === undefined ? [] : [[key, data]])),
      );
    const { cluster, nodes, streams, rooms } = this.#buckets;
    return { cluster: text(cluster), nodes: text(nodes), streams: text(streams), rooms: text(rooms) };
  }

  /** Forgets one entry, as if it had expired. */
  expire(bucket: Bucket, key: string): void {
    this.#buckets[bucket].entries.delete(key);
  }

  /** Forgets everything; revisions begin again. */
  empty(): void {
    this.#buckets = empty();
  }

  /** @returns puts back what is stored now */
  snapshot(): () => void {
    const kept = structuredClone(this.#buckets);
    return () => {
      this.#buckets = structuredClone(kept);
    };
  }

  #current(bucket: Bucket, key: string): Stored | undefined {
    const { entries } = this.#buckets[bucket];
    const stored = entries.get(key);
    const { ttlMs } = BUCKETS[bucket];
    if (!stored || ttlMs === 0 || this.#clock.now() - stored.at < ttlMs) return stored;
    entries.delete(key);
    return undefined;
  }
}

function empty(): Record<Bucket, BucketData> {
  const bucket = (): BucketData => ({ revision: 0, entries: new Map() });
  return { cluster: bucket(), nodes: bucket(), streams: bucket(), rooms: bucket() };
}
