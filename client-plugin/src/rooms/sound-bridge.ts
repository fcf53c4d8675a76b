/** An element that has been given another track plays it within this time. */
const SETTLE_MS = 300;

/**
 * Carries sound over while elements go from one track to another. Chromium goes on playing a track that was
 * taken out of an element's stream, at the volume the element had then, and takes some 40 ms to begin with the
 * next one. So the next one plays here already, unheard; when its turn comes it is heard from here, and the
 * elements change their track while they are muted.
 */
export class SoundBridge {
  readonly track: MediaStreamTrack;
  readonly #audio = document.createElement('audio');
  #muted: HTMLVideoElement[] = [];
  #settling: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(track: MediaStreamTrack) {
    this.track = track;
    this.#audio.muted = true;
    this.#audio.srcObject = new MediaStream([track]);
    this.#audio.play().catch(() => undefined);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Sounds in place of the elements while `swap` gives them the track, and hands over to them as soon as they
   * play it. Those that are muted stay so.
   */
  cross(elements: readonly HTMLVideoElement[], swap: () => void): void {
    this.#handBack();
    this.#muted = elements.filter(({ muted }) => !muted);
    const [loudest] = this.#muted.toSorted((a, b) => b.volume - a.volume);
    if (loudest) {
      this.#audio.volume = loudest.volume;
      this.#audio.muted = false;
    }
    for (const video of this.#muted) setMuted(video, true);
    swap();
    this.#settling = setTimeout(() => this.close(), SETTLE_MS);
  }

  /** The elements sound by themselves again. Repeating it changes nothing. */
  close(): void {
    this.#closed = true;
    this.#handBack();
    this.#audio.muted = true;
    this.#audio.srcObject = null;
  }

  #handBack(): void {
    clearTimeout(this.#settling);
    for (const video of this.#muted) setMuted(video, false);
    this.#muted = [];
  }
}

/** Without telling: the page's own controls need not follow what lasts for a moment. */
function setMuted(video: HTMLVideoElement, muted: boolean): void {
  if (video.muted === muted) return;
  video.addEventListener('volumechange', (event) => event.stopImmediatePropagation(), {
    capture: true,
    once: true,
  });
  video.muted = muted;
}
