import { createHash } from 'node:crypto';
import { expiring } from '../access/expiring.ts';
import type { StreamKey } from '../access/stream-keys.ts';

/** How long an ID whose stream has ended is kept from others. */
export const ID_RESERVATION_MS = 24 * 60 * 60_000;

/** Some 20 MB at most. Past it, those that ended first are forgotten. */
const MOST_REMEMBERED = 100_000;

/** Who may use an ID again: the holder of a key, or nobody. */
export type PastOwner = StreamKey | 'nobody';

/**
 * Stream IDs that were in use. Somebody who still has a link to one must not be shown what a stranger publishes
 * under it: it goes back to the key it had, and one that was revoked to nobody. IDs are kept as hashes alone.
 */
export class PastStreams {
  readonly #owners = expiring<PastOwner>({
    max: MOST_REMEMBERED,
    ttl: ID_RESERVATION_MS,
  });

  ended(streamId: string, key: StreamKey): void {
    if (!this.#owners.has(hash(streamId))) this.#owners.set(hash(streamId), key);
  }

  revoked(streamId: string): void {
    this.#owners.set(hash(streamId), 'nobody');
  }

  /** The ID is in use again. */
  reinstate(streamId: string): void {
    this.#owners.delete(hash(streamId));
  }

  /** Who may use an ID again: the holder of a key, nobody, or anybody (`undefined`) when it is not known. */
  ownerOf(streamId: string): PastOwner | undefined {
    return this.#owners.get(hash(streamId));
  }
}

const hash = (streamId: string) => createHash('sha256').update(streamId).digest('base64');
