import { MeshliftError } from '@meshlift/protocol';
import { KeyHash } from '../access/capabilities.ts';
import { isDerivedForm, isDerivedFrom } from '../access/stream-ids.ts';
import type { StreamKey } from '../access/stream-keys.ts';
import { type PastOwner, PastStreams } from './past-streams.ts';
import type { Stream } from './stream.ts';

/**
 * What an ID was when its publisher claimed it:
 *
 * - `free`: nobody's.
 * - `reserved`: kept for the key of the stream that had it before.
 */
export type Claim = 'free' | 'reserved';

/** Whose the IDs are that no stream has now, and which streams exist because their publisher claimed the ID. */
export class Claims {
  readonly #open: boolean;
  readonly #past = new PastStreams();
  readonly #claimed = new WeakMap<Stream, Claim>();

  /** @param options.open whether an ID that nobody has can be claimed by anyone */
  constructor({ open }: { open: boolean }) {
    this.#open = open;
  }

  /**
   * Whether an ID without a stream is known to be this key's: its stream has ended, or the server that made it has been
   * restarted.
   */
  isOwnedBy(streamId: string, publishKey: string): boolean {
    const owner = this.#past.ownerOf(streamId);
    if (owner) return owner !== 'nobody' && owner.matches(publishKey);
    return isDerivedFrom(new KeyHash(publishKey), streamId);
  }

  /**
   * Decides whether the holder of a key may claim an ID without a stream. An ID that a server made can be claimed with
   * the key it was made with and no other, also where claims are not open: that is how a stream outlives a restart.
   *
   * @param elsewhere whose it was at another door, where that is known
   * @throws MeshliftError `STREAM_NOT_YOURS` for an ID that is or was another's; `STREAM_NOT_FOUND` for one that
   *   was revoked, and for any unknown one where claims are not open
   */
  assertClaimable(streamId: string, publishKey: string, elsewhere?: PastOwner): Claim {
    const owner = elsewhere ?? this.#past.ownerOf(streamId);
    const made = isDerivedForm(streamId);
    if (owner === 'nobody' || (!owner && !made && !this.#open)) throw this.#notFound;
    const isFree = !owner && !made;
    const isOwned = owner ? owner.matches(publishKey) : this.isOwnedBy(streamId, publishKey);
    if (!isFree && !isOwned) throw new MeshliftError('STREAM_NOT_YOURS');
    return owner ? 'reserved' : 'free';
  }

  /** A stream has been made because its publisher claimed the ID. */
  record(stream: Stream, claim: Claim): void {
    this.reinstate(stream.id);
    this.#claimed.set(stream, claim);
  }

  /** Ends a stream that was claimed and that nobody has published to. Its ID is as free as it was before. */
  withdraw(stream: Stream): void {
    const claim = this.#claimed.get(stream);
    if (!claim || stream.state !== 'idle' || stream.source.sender) return;
    void stream.end();
    if (claim === 'free') this.reinstate(stream.id);
  }

  /** The ID is in use again, or free for all. */
  reinstate(streamId: string): void {
    this.#past.reinstate(streamId);
  }

  /** Whose an ID without a stream is, as far as it is known. */
  ownerOf(streamId: string): PastOwner | undefined {
    return this.#past.ownerOf(streamId);
  }

  /** The ID has no stream any more, and is kept for the key it had. */
  reserve(streamId: string, key: StreamKey): void {
    this.#past.ended(streamId, key);
  }

  /** The ID is nobody's from now on. */
  revoke(streamId: string): void {
    this.#past.revoked(streamId);
  }

  /** The same for IDs that nobody has and for those that were revoked: nobody learns which it is. */
  get #notFound(): MeshliftError {
    if (this.#open) return new MeshliftError('STREAM_NOT_FOUND');
    return new MeshliftError(
      'STREAM_NOT_FOUND',
      'There is no such stream, and this server lets nobody choose an ID.',
    );
  }
}
