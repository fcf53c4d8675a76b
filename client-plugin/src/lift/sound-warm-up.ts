import { receiverOf } from '../track-receiver.ts';
import { type PlayedSound, playedSound } from './sound-clock.ts';

const LOOK_EVERY_MS = 50;

/** So many looks in a row must find sound of which nothing was made up: two tenths of a second. */
const CLEAN_LOOKS = 4;

/** A path that has brought its first packet is not waited for any longer than this. */
const AT_MOST_MS = 2_000;

/** A path of which nothing can be known is waited for as long as a jitter buffer takes to fill. */
const BLIND_MS = 400;

/**
 * Waits until sound that comes by a new path plays without holes. A jitter buffer that has just begun
 * stretches and makes up sound until it has found its depth. Whether the track is muted says nothing: in
 * Chromium it may stay so for good while its sound plays.
 */
export class SoundWarmUp {
  readonly ready: Promise<void>;
  #closed = false;

  constructor(next: MediaStreamTrack) {
    this.ready = receiverOf(next) ? this.#untilClean(next) : pause(BLIND_MS);
  }

  /** Repeating it changes nothing. */
  close(): void {
    this.#closed = true;
  }

  async #untilClean(track: MediaStreamTrack): Promise<void> {
    let before = await playedSound(track);
    let until = Number.POSITIVE_INFINITY;
    for (let clean = 0; clean < CLEAN_LOOKS && performance.now() < until && !this.#closed; ) {
      await pause(LOOK_EVERY_MS);
      const now = await playedSound(track);
      if (flows(before, now)) until = Math.min(until, performance.now() + AT_MOST_MS);
      clean = flows(before, now) && now?.concealed === before?.concealed ? clean + 1 : 0;
      before = now;
    }
  }
}

/** Whether packets have come and been played meanwhile. */
function flows(before: PlayedSound | undefined, now: PlayedSound | undefined): boolean {
  return (
    before !== undefined && now !== undefined && now.packets > before.packets && now.samples > before.samples
  );
}

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
