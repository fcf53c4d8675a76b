import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/** The least a cluster key has, in bytes. */
export const MIN_KEY_BYTES = 32;

const VERSION = 1;
const FINGERPRINT_BYTES = 8;
const SENDER_BYTES = 16;
const COUNTER_BYTES = 8;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + FINGERPRINT_BYTES + SENDER_BYTES + COUNTER_BYTES;
/** What sealing adds, in bytes. */
export const SEAL_OVERHEAD = HEADER_BYTES + TAG_BYTES;
/** Derived keys of other processes that are kept, so that a message costs no derivation. */
const MAX_DERIVED = 2_000;

/** Why something does not open. `foreign key`: it was sealed under a key that this process does not have. */
export type NotOpened = 'foreign key' | 'altered';

export type Opened =
  | { ok: true; data: Buffer; origin: Origin }
  | { ok: false; why: NotOpened; fingerprint?: string };

/** Which sealed thing this is: one process never seals two under one number. */
export interface Origin {
  /** Names the process that sealed it, and nothing else of it. */
  sender: string;
  /** Its number; later ones have larger numbers. */
  counter: number;
}

interface Key {
  secret: Buffer;
  fingerprint: Buffer;
  derived: Map<string, Buffer>;
}

/**
 * What a cluster's processes share: they seal what they send each other and what they give to clients, and mark what
 * they store.
 *
 * AES-256-GCM. Each process seals under keys of its own, one for each purpose, derived from the cluster key by HKDF
 * (RFC 5869) with a random salt that travels with the message; so its nonces can be a counter and never meet
 * another's. No clock matters. The same key may be in use for ever; it is rotated by naming two: everything is sealed
 * with the first, and opened with both.
 */
export class Seal {
  readonly #keys: readonly Key[];
  readonly #sender = randomBytes(SENDER_BYTES);
  #counter = 0;

  /** @param secrets one or more keys; the first one seals. @throws RangeError if one is too short */
  constructor(secrets: readonly Uint8Array[]) {
    if (secrets.length === 0) throw new RangeError('There is no cluster key');
    this.#keys = secrets.map((bytes) => {
      if (bytes.length < MIN_KEY_BYTES) {
        throw new RangeError(`A cluster key has at least ${MIN_KEY_BYTES} bytes`);
      }
      const secret = Buffer.from(bytes);
      const fingerprint = hmac(secret, 'meshlift fingerprint').subarray(0, FINGERPRINT_BYTES);
      return { secret, fingerprint, derived: new Map() };
    });
  }

  /** A seal under a key that nobody else has. */
  static random(): Seal {
    return new Seal([randomBytes(MIN_KEY_BYTES)]);
  }

  /** Tells keys apart without giving them away; of the key that seals. */
  get fingerprint(): string {
    return this.#sealing.fingerprint.toString('base64url');
  }

  /** Of all keys that open. */
  get fingerprints(): string[] {
    return this.#keys.map(({ fingerprint }) => fingerprint.toString('base64url'));
  }

  /** A seal for each of the keys alone. */
  each(): Seal[] {
    return this.#keys.map(({ secret }) => new Seal([secret]));
  }

  /**
   * Seals bytes for other processes of the cluster.
   *
   * @param purpose what is sealed for one purpose does not open for another
   * @param context what the receiver must know as well; it does not travel with the result
   */
  sealBytes(purpose: string, data: Uint8Array, context = ''): { sealed: Buffer; origin: Origin } {
    this.#counter += 1;
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt8(VERSION, 0);
    this.#sealing.fingerprint.copy(header, 1);
    this.#sender.copy(header, 1 + FINGERPRINT_BYTES);
    header.writeBigUInt64BE(BigInt(this.#counter), 1 + FINGERPRINT_BYTES + SENDER_BYTES);
    const sender = this.#sender.toString('base64url');
    const key = derive(this.#sealing, purpose, sender);
    remember(this.#sealing, purpose, sender, key);
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(header));
    cipher.setAAD(Buffer.concat([header, Buffer.from(context)]));
    const sealed = Buffer.concat([header, cipher.update(data), cipher.final(), cipher.getAuthTag()]);
    return { sealed, origin: originOf(header) };
  }

  openBytes(purpose: string, sealed: Uint8Array, context = ''): Opened {
    const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
    if (bytes.length < SEAL_OVERHEAD || bytes[0] !== VERSION) return { ok: false, why: 'altered' };
    const header = bytes.subarray(0, HEADER_BYTES);
    const fingerprint = header.subarray(1, 1 + FINGERPRINT_BYTES);
    const key = this.#keys.find((known) => known.fingerprint.equals(fingerprint));
    if (!key) return { ok: false, why: 'foreign key', fingerprint: fingerprint.toString('base64url') };
    const origin = originOf(header);
    const derived = derive(key, purpose, origin.sender);
    const decipher = createDecipheriv('aes-256-gcm', derived, nonceOf(header));
    decipher.setAAD(Buffer.concat([header, Buffer.from(context)]));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      const data = Buffer.concat([
        decipher.update(bytes.subarray(HEADER_BYTES, -TAG_BYTES)),
        decipher.final(),
      ]);
      remember(key, purpose, origin.sender, derived);
      return { ok: true, data, origin };
    } catch {
      return { ok: false, why: 'altered' };
    }
  }

  /** A mark that only this cluster can make, on text that others may read: the key's fingerprint and an HMAC. */
  mark(purpose: string, text: string): string {
    return markUnder(this.#sealing, purpose, text);
  }

  /** Whether this cluster has made that mark on that text for that purpose. */
  hasMarked(purpose: string, text: string, mark: string): boolean {
    return this.#keys.some((key) => {
      const [expected, given] = [Buffer.from(markUnder(key, purpose, text)), Buffer.from(mark)];
      return expected.length === given.length && timingSafeEqual(expected, given);
    });
  }

  /** Seals a value that JSON can carry, as text for URLs: a token that its holder can neither read nor change. */
  seal(purpose: string, value: unknown, context?: string): string {
    const data = Buffer.from(JSON.stringify(value));
    return this.sealBytes(`token ${purpose}`, data, context).sealed.toString('base64url');
  }

  /** @returns what was sealed, or undefined for what this cluster did not seal for this purpose and context */
  open(purpose: string, token: string, context?: string): unknown {
    const bytes = Buffer.from(token, 'base64url');
    // Decoding skips what is no base64url; no token may have two spellings.
    if (bytes.toString('base64url') !== token) return undefined;
    const opened = this.openBytes(`token ${purpose}`, bytes, context);
    return opened.ok ? (JSON.parse(opened.data.toString()) as unknown) : undefined;
  }

  get #sealing(): Key {
    const [first] = this.#keys;
    if (!first) throw new RangeError('There is no cluster key');
    return first;
  }
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function markUnder(key: Key, purpose: string, text: string): string {
  const name = `mark ${purpose}`;
  const derived = derive(key, name, '');
  remember(key, name, '', derived);
  return `${key.fingerprint.toString('base64url')}.${hmac(derived, text).toString('base64url')}`;
}

function originOf(header: Buffer): Origin {
  const sender = header.subarray(1 + FINGERPRINT_BYTES, 1 + FINGERPRINT_BYTES + SENDER_BYTES);
  const counter = Number(header.readBigUInt64BE(1 + FINGERPRINT_BYTES + SENDER_BYTES));
  return { sender: sender.toString('base64url'), counter };
}

/** 96 bits: RFC 5116, section 3.2, with an empty fixed field, for the key is the process's own. */
function nonceOf(header: Buffer): Buffer {
  return Buffer.concat([Buffer.alloc(4), header.subarray(-COUNTER_BYTES)]);
}

function derive(key: Key, purpose: string, sender: string): Buffer {
  const known = key.derived.get(`${sender} ${purpose}`);
  if (known) return known;
  const salt = Buffer.from(sender, 'base64url');
  return Buffer.from(hkdfSync('sha256', key.secret, salt, `meshlift ${purpose}`, 32));
}

/** Others' keys are kept once a message has opened with them, so that forged ones fill no memory. */
function remember(key: Key, purpose: string, sender: string, derived: Buffer): void {
  const name = `${sender} ${purpose}`;
  key.derived.delete(name);
  key.derived.set(name, derived);
  const [oldest] = key.derived.keys();
  if (key.derived.size > MAX_DERIVED && oldest !== undefined) key.derived.delete(oldest);
}
