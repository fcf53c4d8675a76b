import { MeshliftError, roomIdSchema } from '@meshlift/protocol';
import { toBase64Url } from '../mesh/base64url.ts';
import { PasswordSealing, type Sealing, unsealed } from '../mesh/sealing.ts';

/** What a room is to the server, and what keeps its signals from the server. */
export interface RoomAddress {
  roomId: string;
  sealing: Sealing;
}

/**
 * Makes guessing a password from a room's id slow: a third of a second for each guess on a fast computer.
 * The number is OWASP's for PBKDF2 with SHA-256. All who want to meet must use the same.
 */
const ITERATIONS = 600_000;

/**
 * Without a password the server knows the room's name. With one it sees a digest, which it cannot tell from
 * any other, and cannot open what is sealed with a key of the same origin. The server's host name is part
 * of both: the same room and password on two servers have nothing in common.
 *
 * @param server the server's URL
 * @throws MeshliftError `UNSUPPORTED_BROWSER` where the page has no cryptography, `BAD_REQUEST`
 */
export async function roomAddress(server: string, room: string, password?: string): Promise<RoomAddress> {
  if (room === '') throw new MeshliftError('BAD_REQUEST', 'A room needs a name.');
  if (password === undefined) return { roomId: await openRoomId(room), sealing: unsealed };
  if (password === '') {
    throw new MeshliftError('BAD_REQUEST', 'A password must not be empty. Leave it out for an open room.');
  }
  const { hostname } = new URL(server, globalThis.location?.href);
  const secret = await stretch(password, bytesOf(JSON.stringify(['meshlift room 1', hostname, room])));
  const [roomBits, sealingBits] = await Promise.all([expand(secret, 'room id'), expand(secret, 'signals')]);
  const key = await subtle().importKey('raw', sealingBits, 'AES-GCM', false, ['encrypt', 'decrypt']);
  return { roomId: toBase64Url(new Uint8Array(roomBits)), sealing: new PasswordSealing(key) };
}

/** A name that is no id of the protocol's, in another script for example, becomes a digest of itself. */
async function openRoomId(room: string): Promise<string> {
  if (roomIdSchema.safeParse(room).success) return room;
  return toBase64Url(new Uint8Array(await subtle().digest('SHA-256', bytesOf(room))));
}

async function stretch(password: string, salt: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const material = await subtle().importKey('raw', bytesOf(password), 'PBKDF2', false, ['deriveBits']);
  const bits = await subtle().deriveBits(
    { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: ITERATIONS },
    material,
    256,
  );
  return subtle().importKey('raw', bits, 'HKDF', false, ['deriveBits']);
}

/** One of several secrets of which none tells anything about the others (RFC 5869). */
function expand(secret: CryptoKey, purpose: string): Promise<ArrayBuffer> {
  const salt = new Uint8Array();
  return subtle().deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info: bytesOf(purpose) }, secret, 256);
}

/** Composed, so that the same text typed on two systems is the same. */
const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text.normalize('NFC'));

/** Browsers have it in secure contexts only (Secure Contexts, section 1.1): HTTPS, or this very machine. */
function subtle(): SubtleCrypto {
  // Its type says it is always there.
  const available = crypto.subtle as SubtleCrypto | undefined;
  if (available) return available;
  throw new MeshliftError(
    'UNSUPPORTED_BROWSER',
    'Browsers offer encryption to pages over HTTPS only, and this room cannot be joined without it.',
  );
}
