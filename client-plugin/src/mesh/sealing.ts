import { fromBase64Url, toBase64Url } from './base64url.ts';

/** Who tells whom, by their participant ids. */
export interface Route {
  from: string;
  to: string;
}

/** What becomes of signals on their way through the server. */
export interface Sealing {
  seal(signal: string, route: Route): Promise<string>;
  /** Undefined for a signal that was not sealed here, for this route and by somebody with the same key. */
  open(sealed: string, route: Route): Promise<string | undefined>;
}

/** For rooms without a password: the server could read signals, as it could in any such room. */
export const unsealed: Sealing = {
  seal: async (signal) => signal,
  open: async (sealed) => sealed,
};

/** AES-GCM's own length of an initialization vector, in bytes (NIST SP 800-38D, section 5.2.1.1). */
const IV_BYTES = 12;

/**
 * Seals signals with AES-256-GCM. Sender and receiver are authenticated with them: the server cannot show a
 * signal to somebody else, nor send it back, nor under another name.
 */
export class PasswordSealing implements Sealing {
  readonly #key: CryptoKey;

  /** @param key AES-GCM, the same for all who know the room's password */
  constructor(key: CryptoKey) {
    this.#key = key;
  }

  async seal(signal: string, route: Route): Promise<string> {
    const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
    const sealed = await crypto.subtle.encrypt(
      parameters(iv, route),
      this.#key,
      new TextEncoder().encode(signal),
    );
    const message = new Uint8Array(IV_BYTES + sealed.byteLength);
    message.set(iv);
    message.set(new Uint8Array(sealed), IV_BYTES);
    return toBase64Url(message);
  }

  async open(sealed: string, route: Route): Promise<string | undefined> {
    try {
      const message = fromBase64Url(sealed);
      const iv = message.subarray(0, IV_BYTES);
      const opened = await crypto.subtle.decrypt(
        parameters(iv, route),
        this.#key,
        message.subarray(IV_BYTES),
      );
      return new TextDecoder().decode(opened);
    } catch {
      return undefined;
    }
  }
}

function parameters(iv: Uint8Array<ArrayBuffer>, { from, to }: Route): AesGcmParams {
  return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(JSON.stringify([from, to])) };
}
