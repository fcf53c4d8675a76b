import type { Subscription } from './bus.ts';

/** What the cluster keeps outside its processes, and for how long each value lasts after it was written; 0: for ever. */
export const BUCKETS = {
  /** What all processes share: the secret by which they name things. */
  cluster: { ttlMs: 0 },
  /** Who is there. A node that does not renew its entry is gone from it within this time. */
  nodes: { ttlMs: 3_000 },
  /** Who answers for a stream. */
  streams: { ttlMs: 3_600_000 },
  /** Who answers for a room. */
  rooms: { ttlMs: 3_600_000 },
} as const;

export type Bucket = keyof typeof BUCKETS;

export const bucketNames = Object.keys(BUCKETS) as Bucket[];

export interface Entry {
  key: string;
  /** What the writer left there; the reader parses it. */
  value: unknown;
  /** Larger than that of everything written to the bucket before, as long as the engine is not emptied. */
  revision: number;
  /** Whether a process of this cluster has written it: one with the same key. */
  ours: boolean;
}

/**
 * Values that several processes share, with compare-and-set. In memory and over NATS; `store.contract.ts` is what both
 * keep. All operations fail with the MeshliftError `DIRECTORY_UNAVAILABLE` in under 2 s when the engine cannot be asked,
 * and `SERVER_CLOSING` after `close()`. A write that fails so may have taken place.
 *
 * Keys consist of letters, digits, `-` and `_`.
 */
export interface Store {
  /** Whether the engine can be asked, as far as is known. */
  readonly connected: boolean;

  /** Calls back whenever `connected` has changed: with true once all watches have begun again. */
  onConnection(listener: (connected: boolean) => void): Subscription;

  /** Reads what was written last. Entries that have expired or were removed are not there. */
  get(bucket: Bucket, key: string): Promise<Entry | undefined>;

  /**
   * Writes if nobody else has: if the entry still has the revision `after`, or if there is none.
   *
   * @returns the new revision; undefined if somebody else was faster
   */
  write(
    bucket: Bucket,
    key: string,
    value: unknown,
    condition: { after: number | undefined },
  ): Promise<number | undefined>;

  /** Removes the entry if it still has that revision. @returns whether it had */
  remove(bucket: Bucket, key: string, revision: number): Promise<boolean>;

  /**
   * Follows a bucket for as long as there is a connection, and again on each new one. What expires is not reported.
   * Resolves when it has begun, or at once while there is no connection.
   *
   * @param watching `current`: begins with everything that is there; `changes`: with what is written from now on
   */
  watch(
    bucket: Bucket,
    watching: 'current' | 'changes',
    listener: (change: Change) => void,
  ): Promise<Subscription>;

  close(): Promise<void>;
}

export interface Change {
  key: string;
  /** Undefined when it was removed. */
  entry: Entry | undefined;
}

const KEY = /^[A-Za-z0-9_-]{1,64}$/;

/** @throws TypeError if it is not a key as described above */
export function assertKey(key: string): void {
  if (!KEY.test(key)) throw new TypeError(`"${key.slice(0, 64)}" is not a key`);
}
