import { playedSound } from './sound-clock.ts';

const LOOK_EVERY_MS = 50;

/** So many looks in a row must find sound of which nothing was made up: two tenths of a second. */
const CLEAN_LOOKS = 4;

/** A path that has brought its first packet is not waited for any longer than this. */
const AT_MOST_MS = 2_000;

/** A path of which nothing can be known is waited for as long as a jitter buffer takes to fill. */
const BLIND_MS = 400;

/**
 * Waits until sound that comes by a new path plays without holes. A jitter buffer that has just begun
 * stretches and makes up sound until it has found its depth.
 */
export class SoundWarmUp {
  readonly ready: Promise<void>;
  #closed = false;

  constructor(next: MediaStreamTrack) {
    this.ready = this.#watch(next);
  }

  /** Repeating it changes nothing. */
  close(): void {
    this.#closed = true;
  }

  async #watch(track: MediaStreamTrack): Promise<void> {
    await unmuted(track);
    let before = await playedSound(track);
    if (!before) {
      await pause(BLIND_MS);
      before = await playedSound(track);
      if (!before) return;
    }
    const until = performance.now() + AT_MOST_MS;
    for (let clean = 0; clean < CLEAN_LOOKS && performance.now() < until && !this.#closed; ) {
      await pause(LOOK_EVERY_MS);
      const now = await playedSound(track);
      const isClean = now && now.samples > before.samples && now.concealed === before.concealed;
      clean = isClean ? clean + 1 : 0;
      before = now ?? before;
    }
  }
}

/** A remote track is muted until its first packet has come (WebRTC, section 9.3). */
async function unmuted(track: MediaStreamTrack): Promise<void> {
  if (track.muted) await new Promise((resolve) => track.addEventListener('unmute', resolve, { once: true }));
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
