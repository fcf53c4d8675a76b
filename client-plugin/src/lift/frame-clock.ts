/** So many frames in a row tell how often they come. */
const FRAMES = 4;

/** Tells when an element shows frames, and how often. */
export class FrameClock {
  /** When frames were shown, in milliseconds; the newest last. */
  readonly #times: number[] = [];
  readonly #video: HTMLVideoElement;
  readonly #onFrame: () => void;
  #stopped = false;

  /** @param onFrame called after each frame */
  constructor(video: HTMLVideoElement, onFrame: () => void = () => undefined) {
    this.#video = video;
    this.#onFrame = onFrame;
    video.requestVideoFrameCallback((now) => this.#count(now));
  }

  /** Milliseconds from one frame to the next, averaged; undefined until enough have come. */
  get period(): number | undefined {
    const [first, last] = [this.#times.at(0), this.#times.at(-1)];
    if (first === undefined || last === undefined || this.#times.length < FRAMES) return undefined;
    return (last - first) / (FRAMES - 1);
  }

  /** When the newest frame was shown; undefined before the first. */
  get last(): number | undefined {
    return this.#times.at(-1);
  }

  stop(): void {
    this.#stopped = true;
  }

  #count(now: number): void {
    if (this.#stopped) return;
    this.#times.push(now);
    if (this.#times.length > FRAMES) this.#times.shift();
    this.#video.requestVideoFrameCallback((next) => this.#count(next));
    this.#onFrame();
  }
}
