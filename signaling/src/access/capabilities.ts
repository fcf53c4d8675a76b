import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { ID_ALPHABET, PUBLISH_KEY_LENGTH, STREAM_ID_LENGTH } from '@meshlift/protocol';
import { customAlphabet } from 'nanoid';

/** Whoever holds it can publish, rotate and revoke. At least 256 random bits. */
export const newPublishKey: () => string = customAlphabet(ID_ALPHABET, PUBLISH_KEY_LENGTH);

/** Whoever holds it can change the room it belongs to. */
export const newHostKey: () => string = customAlphabet(ID_ALPHABET, PUBLISH_KEY_LENGTH);

/** How the others in a room know a participant; gives no right to anything. */
export const newParticipantId: () => string = customAlphabet(ID_ALPHABET, STREAM_ID_LENGTH);

/** Names a session, and resumes it. */
export const newSessionId: () => string = customAlphabet(ID_ALPHABET, STREAM_ID_LENGTH);

/** All the server keeps of a key: enough to recognise it, not enough to use it. */
export class KeyHash {
  readonly #digest: Buffer;

  /** @param key the key, or the hash that another `KeyHash` of it has as its text */
  constructor(key: string | { hash: string }) {
    this.#digest = typeof key === 'string' ? digest(key) : Buffer.from(key.hash, 'base64url');
  }

  get text(): string {
    return this.#digest.toString('base64url');
  }

  /** In constant time, so that nothing can be learned from how long a wrong key takes. */
  matches(key: string): boolean {
    return timingSafeEqual(this.#digest, digest(key));
  }

  /** A secret for one purpose, of which none tells anything about the key or about the others. */
  derive(purpose: string): Buffer {
    return createHmac('sha256', this.#digest).update(purpose).digest();
  }
}

const digest = (key: string) => createHash('sha256').update(key).digest();
