import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';

/** How old the secret behind the stand-ins may get before it is replaced. */
export const PSEUDONYM_ROTATION_MS: number = 24 * 60 * 60 * 1000;

/**
 * Stand-ins for things that must not be written down. The same value gets the same stand-in for at most a
 * day and within one process; afterwards nobody, the operator included, can tell what it stood for, because
 * the secret it was made with exists nowhere any more.
 */
export class Pseudonyms {
  #secret = newSecret();
  #madeAt: number;
  readonly #now: () => number;

  /** @param now milliseconds since any fixed point; replaced in tests */
  constructor(now: () => number = Date.now) {
    this.#now = now;
    this.#madeAt = now();
  }

  /**
   * @param kind what the value is, such as `stream` or `address`; part of the result and of the hash
   * @returns `kind:` and 10 hexadecimal digits
   */
  of(kind: string, value: string): string {
    if (this.#now() - this.#madeAt >= PSEUDONYM_ROTATION_MS) {
      this.#secret = newSecret();
      this.#madeAt = this.#now();
    }
    const digest = createHmac('sha256', this.#secret).update(`${kind}\0${value}`).digest('hex');
    return `${kind}:${digest.slice(0, 10)}`;
  }
}

/** As a key object, which is made ready for use once and not for every value. */
const newSecret = (): KeyObject => createSecretKey(randomBytes(32));

/** The pseudonyms of this process: one set, so that a log line and a rate limit speak of the same stand-in. */
export const pseudonyms: Pseudonyms = new Pseudonyms();
