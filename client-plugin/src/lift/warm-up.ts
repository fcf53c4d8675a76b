import { FrameClock } from './frame-clock.ts';

/** A new path may show this much fewer frames than the old one and still be as good. */
const AS_GOOD = 1.4;

/** A path that has shown its first frame is not waited for any longer than this. */
const AT_MOST_MS = 2_000;

/**
 * Waits until a new path shows a picture as well as the old one does: its first frame has been decoded, and
 * the next ones come as often. A relay begins with few frames a second and becomes smooth within a second or
 * so, which a viewer would take for a stumble. Where there is no picture that moves, its sound is enough.
 *
 * The decoder stays at work until `close`, so that an element that takes the new path over shows the very
 * next frame.
 */
export class WarmUp {
  readonly ready: Promise<void>;
  readonly #clocks: FrameClock[] = [];
  #giveUp: ReturnType<typeof setTimeout> | undefined;

  /** @param withPicture whether a picture is to be expected: a camera that is switched off sends none */
  constructor(next: MediaStream, present: MediaStream | undefined, withPicture: boolean) {
    const hasPicture = withPicture && next.getVideoTracks().length > 0;
    this.ready = hasPicture ? this.#untilSmooth(next, present) : untilAudible(next);
  }

  close(): void {
    clearTimeout(this.#giveUp);
    for (const clock of this.#clocks) clock.close();
  }

  #untilSmooth(next: MediaStream, present: MediaStream | undefined): Promise<void> {
    return new Promise((resolve) => {
      const old = present ? new FrameClock(present) : undefined;
      const clock = new FrameClock(next, () => {
        this.#giveUp ??= setTimeout(resolve, AT_MOST_MS);
        const [wanted, reached] = [old?.period, clock.period];
        if (!old || (wanted && reached && reached <= wanted * AS_GOOD)) resolve();
      });
      this.#clocks.push(clock, ...(old ? [old] : []));
    });
  }
}

async function untilAudible(media: MediaStream): Promise<void> {
  const [audio] = media.getAudioTracks();
  if (!audio?.muted) return;
  await new Promise((resolve) => audio.addEventListener('unmute', resolve, { once: true }));
}
