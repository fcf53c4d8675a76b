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
  readonly #outOfSight = document.createElement('video');
  readonly #clocks: FrameClock[];
  readonly #old: FrameClock;
  readonly #begunAt = performance.now();
  #giveUp: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param options.present the element that shows the same picture now, by the old path
   * @param options.oldEnds nothing more comes by the old path, so that the first frame of the new one will do
   */
  constructor(next: MediaStreamTrack, { present, oldEnds }: { present: HTMLVideoElement; oldEnds: boolean }) {
    const video = this.#outOfSight;
    video.muted = true;
    video.playsInline = true;
    video.srcObject = new MediaStream([next]);
    const old = new FrameClock(present);
    this.#old = old;
    this.#clocks = [old];
    this.ready = new Promise((resolve) => {
      const clock = new FrameClock(video, () => {
        this.#giveUp ??= setTimeout(resolve, oldEnds ? 0 : AT_MOST_MS);
        const [wanted, reached] = [old.period, clock.period];
        if (wanted && reached && reached <= wanted * AS_GOOD) resolve();
      });
      this.#clocks.push(clock);
    });
    // Even a page that may not play sound by itself may play this: it is muted.
    video.play().catch(() => undefined);
  }

  /** When the old path showed something last, as far as this has seen it. */
  get oldSeenAt(): number {
    return this.#old.last ?? this.#begunAt;
  }

  /** Repeating it changes nothing. */
  close(): void {
    clearTimeout(this.#giveUp);
    for (const clock of this.#clocks) clock.stop();
    this.#outOfSight.srcObject = null;
  }
}
