import { FrameClock } from './frame-clock.ts';

/** A new path may show this much fewer frames than the old one and still be as good. */
const AS_GOOD = 1.4;

/** A path that has shown its first frame is not waited for any longer than this. */
const AT_MOST_MS = 2_000;

/**
 * Waits until a new path shows a picture as well as the old one does: its first frame has been decoded, and
 * the next ones come as often. A relay begins with few frames a second and becomes smooth within a second or
 * so, which a viewer would take for a stumble.
 *
 * The decoder stays at work until `close`, so that an element that takes the new path over shows the very
 * next frame.
 */
export class PictureWarmUp {
  readonly ready: Promise<void>;
  readonly #clocks: FrameClock[] = [];
  #giveUp: ReturnType<typeof setTimeout> | undefined;

  /** @param present the track that shows the same picture now, if one does */
  constructor(next: MediaStreamTrack, present: MediaStreamTrack | undefined) {
    this.ready = new Promise((resolve) => {
      const old = present ? new FrameClock(present) : undefined;
      const clock = new FrameClock(next, () => {
        this.#giveUp ??= setTimeout(resolve, AT_MOST_MS);
        const [wanted, reached] = [old?.period, clock.period];
        if (!old || (wanted && reached && reached <= wanted * AS_GOOD)) resolve();
      });
      this.#clocks.push(clock, ...(old ? [old] : []));
    });
  }

  /** Repeating it changes nothing. */
  close(): void {
    clearTimeout(this.#giveUp);
    for (const clock of this.#clocks) clock.close();
  }
}
