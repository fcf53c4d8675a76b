import * as z from 'zod/mini';

/**
 * Who may do what is decided by three capabilities: a stream ID lets its holder watch, a publish key
 * publish, rotate and revoke, a host key change a room. All travel as URL-safe text.
 */
const urlSafe = /^[A-Za-z0-9_-]+$/;

/** A new stream ID has this many characters of 62: 22 × log2(62) ≈ 131 bits. */
export const STREAM_ID_LENGTH = 22;

/** A new publish key has this many characters of 62: 43 × log2(62) ≈ 256 bits. */
export const PUBLISH_KEY_LENGTH = 43;

/** The alphabet of generated IDs and keys; without `-` and `_`, so that a double click selects all of it. */
export const ID_ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Shorter than a generated ID is allowed: people choose their own. */
export const streamIdSchema = z.string().check(z.minLength(1), z.maxLength(64), z.regex(urlSafe));

/** Keys that encoders bring may have this many characters: twice a digest of 256 bits in hexadecimal. */
export const LONGEST_PUBLISH_KEY = 128;

/** Encoders choose their own, of whatever a bearer token may be made up of (RFC 6750, section 2.1). */
export const publishKeySchema = z
  .string()
  .check(z.minLength(1), z.maxLength(LONGEST_PUBLISH_KEY), z.regex(/^[A-Za-z0-9._~+/-]+=*$/));

/** A room's name, or the digest of it where the room has a password. */
export const roomIdSchema = z.string().check(z.minLength(1), z.maxLength(64), z.regex(urlSafe));

export const hostKeySchema = z.string().check(z.minLength(1), z.maxLength(128), z.regex(urlSafe));

/** The SHA-256 of a host key, in base64url. Everybody in the room knows it; it can do nothing but recognise the key. */
export const hostHashSchema = z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/));

/** How the others in a room know a participant. Not a secret: it can do nothing. */
export const participantIdSchema = z.string().check(z.minLength(1), z.maxLength(64), z.regex(urlSafe));

/** A session's token, sealed by the server. It is known to its owner alone and works as the secret that resumes it. */
export const sessionIdSchema = z.string().check(z.minLength(16), z.maxLength(512), z.regex(urlSafe));

/** Ids that mediasoup gives to transports, producers and consumers. */
export const mediaIdSchema = z.string().check(z.minLength(1), z.maxLength(64));
