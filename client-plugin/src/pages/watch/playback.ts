import { MeshliftError, type View, watchStream } from '../../index.ts';
import { exposeToScripts } from '../shared/page-hooks.ts';

/**
 * What there is to see. `starting`: joining, or waiting for the first frame. `playing`: the picture or
 * the sound is there. `waiting`: the publisher dropped. `absent`: nothing is published under this ID.
 * `failed`: something else is in the way; see `error`.
 */
export type Scene = 'starting' | 'playing' | 'waiting' | 'absent' | 'failed';

const RETRY_FIRST_MS = 3_000;
const RETRY_LONGEST_MS = 10_000;
const RETRY_GROWTH = 1.4;

/** Trying again does not mend these. */
const FINAL = new Set(['UNSUPPORTED_BROWSER', 'PROTOCOL_VERSION']);

/** Keeps a stream playing in an element: joins, and joins again until it is closed. Emits `change`. */
export class Playback extends EventTarget {
  readonly element: HTMLVideoElement;
  readonly #streamId: string;
  readonly #server: string | undefined;
  readonly #listening = new AbortController();
  #view: View | undefined;
  #error: MeshliftError | undefined;
  #hasPicture = false;
  #joining = false;
  #retryAfterMs = RETRY_FIRST_MS;
  #retry: ReturnType<typeof setTimeout> | undefined;

  /** @param server the server's URL; the page's own origin by default */
  constructor(element: HTMLVideoElement, streamId: string, server?: string) {
    super();
    this.element = element;
    this.#streamId = streamId;
    this.#server = server;
    const back = () => {
      if (document.visibilityState === 'visible' && this.#retry !== undefined) void this.#join();
    };
    document.addEventListener('visibilitychange', back, { signal: this.#listening.signal });
    void this.#join();
  }

  get view(): View | undefined {
    return this.#view;
  }

  get error(): MeshliftError | undefined {
    return this.#error;
  }

  get scene(): Scene {
    if (this.#error) return this.#error.code === 'STREAM_NOT_FOUND' ? 'absent' : 'failed';
    const view = this.#view;
    if (view?.state === 'waiting') return 'waiting';
    if (view?.state === 'live' && (this.#hasPicture || !view.hasVideo)) return 'playing';
    // While signaling is away the picture goes on.
    return view?.state === 'reconnecting' && this.#hasPicture ? 'playing' : 'starting';
  }

  get reconnecting(): boolean {
    return this.#view?.state === 'reconnecting';
  }

  /** Whether the page will try by itself to get over `error`. */
  get willRetry(): boolean {
    return this.#retry !== undefined || this.#joining;
  }

  async #join(): Promise<void> {
    if (this.#joining) return;
    this.#joining = true;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#awaitPicture();
    try {
      const { signal } = this.#listening;
      const what = { server: this.#server, streamId: this.#streamId };
      this.#adopt(await watchStream({ ...what, element: this.element, signal }));
    } catch (error) {
      this.#giveUp(error);
    }
    this.#joining = false;
    this.#changed();
  }

  /** Stops watching for good. Repeating it changes nothing. */
  close(): void {
    this.#listening.abort();
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#view?.close();
  }

  get #closed(): boolean {
    return this.#listening.signal.aborted;
  }

  #adopt(view: View): void {
    if (this.#closed) {
      view.close();
      return;
    }
    this.#view = view;
    this.#error = undefined;
    this.#retryAfterMs = RETRY_FIRST_MS;
    view.on('state', ({ state, error }) => {
      if (state === 'ended') this.#giveUp(error ?? new MeshliftError('STREAM_NOT_FOUND'));
      if (state === 'waiting') this.#awaitPicture();
      this.#changed();
    });
    view.on('viewers', () => this.#changed());
    view.on('layers', () => this.#changed());
    view.on('tracks', () => this.#changed());
  }

  #giveUp(error: unknown): void {
    this.#error = MeshliftError.from(error);
    this.#view = undefined;
    if (this.#closed || FINAL.has(this.#error.code)) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#join(), this.#retryAfterMs);
    this.#retryAfterMs = Math.min(this.#retryAfterMs * RETRY_GROWTH, RETRY_LONGEST_MS);
  }

  /** The scene is `starting` until a frame has been decoded. */
  #awaitPicture(): void {
    this.#hasPicture = false;
    const decoded = () => {
      if (this.#closed) return;
      this.#hasPicture = true;
      if (performance.getEntriesByName('meshlift:first-frame').length === 0) {
        performance.mark('meshlift:first-frame');
      }
      this.#changed();
    };
    if ('requestVideoFrameCallback' in this.element) this.element.requestVideoFrameCallback(decoded);
    // Older browsers tell no sooner than this.
    else (this.element as HTMLVideoElement).addEventListener('timeupdate', decoded, { once: true });
  }

  #changed(): void {
    if (!this.#closed) this.dispatchEvent(new Event('change'));
  }
}

/** Plays the stream that the page's address names, in the page's video element. */
export function startPlayback(): Playback {
  const element = document.querySelector('video');
  if (!element) throw new Error('The page has no video element.');
  const [, , streamId = ''] = location.pathname.split('/');
  const playback = new Playback(element, decodeURIComponent(streamId));
  playback.addEventListener('change', () => {
    if (playback.view) exposeToScripts({ view: playback.view });
  });
  return playback;
}
