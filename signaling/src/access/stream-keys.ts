import { timingSafeEqual } from 'node:crypto';
import type { Names } from '@meshlift/cluster';
import { KeyHash } from './capabilities.ts';

/**
 * All that is kept of a stream's publish key: a hash, or what the directory has of it, which tells nothing to those who
 * can read what the cluster stores. It is enough to recognise the key, and not enough to use it.
 */
export class StreamKey {
  readonly #names: Pick<Names, 'nameOf'>;
  readonly #key: KeyHash | { inDirectory: string };

  /** @param key the publish key, or what the directory has of it */
  constructor(names: Pick<Names, 'nameOf'>, key: string | { inDirectory: string }) {
    this.#names = names;
    this.#key = typeof key === 'string' ? new KeyHash(key) : key;
  }

  /** What the directory may have of it: an HMAC. */
  get inDirectory(): string {
    return this.#key instanceof KeyHash ? this.#nameOf(this.#key) : this.#key.inDirectory;
  }

  /** In constant time, so that nothing can be learned from how long a wrong key takes. */
  matches(publishKey: string): boolean {
    if (this.#key instanceof KeyHash) return this.#key.matches(publishKey);
    const mine = Buffer.from(this.#key.inDirectory);
    const theirs = Buffer.from(this.#nameOf(new KeyHash(publishKey)));
    return mine.length === theirs.length && timingSafeEqual(mine, theirs);
  }

  #nameOf(key: KeyHash): string {
    return this.#names.nameOf('keys', key.text);
  }
}
