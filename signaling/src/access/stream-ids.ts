import { ID_ALPHABET, STREAM_ID_LENGTH } from '@meshlift/protocol';
import { customAlphabet } from 'nanoid';
import type { KeyHash } from './capabilities.ts';

/**
 * A stream ID that the server makes is derived from the stream's publish key. A server that was restarted and has
 * forgotten all streams can tell by that whose an ID is, without keeping anything: those who merely watched
 * hold the ID and cannot claim it.
 */

/** So many IDs can be derived from one key, each for one rotation. */
const MOST_TURNS = 64;

/** The form of derived IDs, 131 bits of the derivation. What has it and was not derived belongs to nobody. */
const DERIVED = new RegExp(`^[${ID_ALPHABET}]{${STREAM_ID_LENGTH}}$`);

const newRandomId = customAlphabet(ID_ALPHABET, STREAM_ID_LENGTH + 2);

/** The first ID of a stream with a key that the server made: at least 128 bits that nobody can guess. */
export function firstStreamId(key: KeyHash): string {
  return derive(key, 0);
}

/**
 * The ID that a stream is rotated to. A key that an encoder chose may be a weak one, which must not be found by
 * deriving IDs from guesses: streams that began under an ID of their owner's choice get one that is random and
 * longer.
 */
export function nextStreamId(key: KeyHash, present: string): string {
  const turn = turnOf(key, present);
  return turn === undefined || turn + 1 >= MOST_TURNS ? newRandomId() : derive(key, turn + 1);
}

/** Whether an ID has the form of those that are derived. */
export const isDerivedForm = (streamId: string): boolean => DERIVED.test(streamId);

/** Whether an ID was derived from this key. */
export const isDerivedFrom = (key: KeyHash, streamId: string): boolean => turnOf(key, streamId) !== undefined;

function turnOf(key: KeyHash, streamId: string): number | undefined {
  if (!isDerivedForm(streamId)) return undefined;
  for (let turn = 0; turn < MOST_TURNS; turn += 1) if (derive(key, turn) === streamId) return turn;
  return undefined;
}

function derive(key: KeyHash, turn: number): string {
  let rest = BigInt(`0x${key.derive(`stream id ${turn}`).toString('hex')}`);
  let id = '';
  while (id.length < STREAM_ID_LENGTH) {
    id += ID_ALPHABET.charAt(Number(rest % BigInt(ID_ALPHABET.length)));
    rest /= BigInt(ID_ALPHABET.length);
  }
  return id;
}
