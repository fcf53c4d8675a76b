import { MIN_KEY_BYTES } from './seal.ts';

const MAX_KEYS = 2;

/** What `parseClusterKey` takes, for the documentation and for errors. */
export const CLUSTER_KEY_FORM = `at least ${MIN_KEY_BYTES} random bytes as base64 or base64url (\`openssl rand -base64 32\`), the same on all machines; two of them with a comma between while it is changed: the first one seals, both open`;

/**
 * Reads `MESHLIFT_CLUSTER_KEY`.
 *
 * @returns the keys, or undefined if the text does not have the form. Hexadecimal digits are base64 too and serve.
 */
export function parseClusterKey(text: string): Uint8Array[] | undefined {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.length > MAX_KEYS || new Set(parts).size !== parts.length) return undefined;
  const keys = parts.map(bytesOf);
  return keys.every((key) => key !== undefined) ? keys : undefined;
}

function bytesOf(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  // "aaaa…" is long enough and no key.
  return bytes.length >= MIN_KEY_BYTES && new Set(bytes).size > MIN_KEY_BYTES / 4 ? bytes : undefined;
}
