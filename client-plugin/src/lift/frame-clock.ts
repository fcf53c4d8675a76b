/** So many frames in a row tell how often they come. */
const FRAMES = 4;

/** Decodes a picture out of sight and tells when its frames come. */
export class FrameClock {
  /** When frames were shown, in milliseconds; the newest last. */
  readonly #times: number[] = [];
  readonly #video = document.createElement('video');
  readonly #onFrame: () => void;

  /** @param onFrame called after each frame */
  constructor(track: MediaStreamTrack, onFrame: () => void = () => undefined) {
    this.#onFrame = onFrame;
    const video = this.#video;
    video.muted = true;
    video.playsInline = true;
    video.srcObject = new MediaStream([track]);
    video.requestVideoFrameCallback((now) => this.#count(now));
    // Even a page that may not play sound by itself may play this: it is muted.
    video.play().catch(() => undefined);
  }

  /** Milliseconds from one frame to the next, averaged; undefined until enough have come. */
  get period(): number | undefined {
    const [first, last] = [this.#times.at(0), this.#times.at(-1)];
    if (first === undefined || last === undefined || this.#times.length < FRAMES) return undefined;
    return (last - first) / (FRAMES - 1);
  }

  close(): void {
    this.#video.srcObject = null;
  }

  #count(now: number): void {
    if (!this.#video.srcObject) return;
    this.#times.push(now);
    if (this.#times.length > FRAMES) this.#times.shift();
    this.#video.requestVideoFrameCallback((next) => this.#count(next));
    this.#onFrame();
  }
}
