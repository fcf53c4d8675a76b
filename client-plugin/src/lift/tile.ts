import type { RemoteStream } from '../rooms/remote-stream.ts';
import type { PictureWish } from './receiving-session.ts';

/** Layouts settle within this time; a tile that is scrolled past is gone again. */
const SETTLE_MS = 300;

/**
 * One participant's picture as the page shows it: how large its largest element is, and whether any can be
 * seen. An element outside the document may feed anything, so that it counts as seen in full size.
 */
export class Tile {
  readonly #stream: RemoteStream;
  readonly #tell: (wish: PictureWish) => void;
  readonly #sizes = new ResizeObserver(() => this.lookSoon());
  readonly #visibilities: IntersectionObserver;
  readonly #inView = new WeakMap<Element, boolean>();
  readonly #followed = new Set<HTMLVideoElement>();
  readonly #stop: () => void;
  /** Says what is wanted, once what changes now has settled. */
  readonly lookSoon = () => {
    this.#settling ??= setTimeout(() => this.#look(), SETTLE_MS);
  };
  #settling: ReturnType<typeof setTimeout> | undefined;

  constructor(stream: RemoteStream, tell: (wish: PictureWish) => void) {
    this.#stream = stream;
    this.#tell = tell;
    this.#visibilities = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) this.#inView.set(target, isIntersecting);
      // What comes into view is wanted at once.
      if (entries.some(({ isIntersecting }) => isIntersecting)) this.#look();
      else this.lookSoon();
    });
    this.#stop = stream.on('elements', () => this.#follow());
    document.addEventListener('visibilitychange', this.lookSoon);
    this.#follow();
  }

  close(): void {
    clearTimeout(this.#settling);
    this.#stop();
    document.removeEventListener('visibilitychange', this.lookSoon);
    for (const video of this.#followed) this.#unfollow(video);
    this.#sizes.disconnect();
    this.#visibilities.disconnect();
  }

  #follow(): void {
    const present = new Set(this.#stream.elements);
    for (const video of this.#followed) if (!present.has(video)) this.#unfollow(video);
    for (const video of present) {
      if (this.#followed.has(video)) continue;
      this.#followed.add(video);
      this.#sizes.observe(video);
      this.#visibilities.observe(video);
      video.addEventListener('resize', this.lookSoon);
    }
    this.lookSoon();
  }

  #unfollow(video: HTMLVideoElement): void {
    this.#followed.delete(video);
    this.#sizes.unobserve(video);
    this.#visibilities.unobserve(video);
    video.removeEventListener('resize', this.lookSoon);
  }

  #look(): void {
    clearTimeout(this.#settling);
    this.#settling = undefined;
    const elements = [...this.#followed];
    const seen = elements.filter((video) => this.#isSeen(video));
    this.#tell({
      visible: elements.length === 0 || seen.length > 0,
      shownWidth: elements.length === 0 ? Number.POSITIVE_INFINITY : Math.max(0, ...seen.map(shownWidth)),
      decodedWidth: Math.max(0, ...seen.map(({ videoWidth }) => videoWidth)),
    });
  }

  #isSeen(video: HTMLVideoElement): boolean {
    if (!video.isConnected) return true;
    return !document.hidden && (this.#inView.get(video) ?? true);
  }
}

/** Pixels of the screen that the picture covers across: less than its element where it is fitted into it. */
function shownWidth(video: HTMLVideoElement): number {
  const { clientWidth, clientHeight, videoWidth, videoHeight, isConnected } = video;
  if (!isConnected) return Number.POSITIVE_INFINITY;
  const fitted = videoHeight > 0 ? (clientHeight * videoWidth) / videoHeight : clientWidth;
  const isContained = getComputedStyle(video).objectFit !== 'cover';
  return devicePixelRatio * (isContained ? Math.min(clientWidth, fitted) : Math.max(clientWidth, fitted));
}
