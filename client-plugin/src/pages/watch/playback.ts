import { MeshliftError, type View, watchStream } from '../../index.ts';
import { exposeToScripts } from '../shared/page-hooks.ts';

/**
 * What there is to see. `starting`: joining, or waiting for the first frame. `playing`: the picture or
 * the sound is there, or the publisher sends neither for now. `stalled`: the server is away, and the picture
 * stands still. `waiting`: the publisher dropped. `over`: it was watched here, and the link leads to it no
 * longer. `absent`: nothing is published under this ID. `failed`: something else is in the way; see `error`.
 */
export type Scene = 'starting' | 'playing' | 'stalled' | 'waiting' | 'over' | 'absent' | 'failed';

/** What of a stream that plays is there. `silent`: neither picture nor sound. */
export type Playing = 'video' | 'muted-video' | 'audio' | 'silent';

/** A picture that brings no new frame for so long stands still. */
const STALLED_AFTER_MS = 2_000;

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
  /** Why the view, which goes on trying, has shown nothing yet. */
  #noPath: MeshliftError | undefined;
  #hasPicture = false;
  /** Whether the stream has been there since the page was opened. */
  #watched = false;
  #stalled = false;
  #stalling: ReturnType<typeof setTimeout> | undefined;
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
    const { signal } = this.#listening;
    document.addEventListener('visibilitychange', back, { signal });
    // Sound alone has no first frame by which to see that it comes.
    const hears = () => {
      if (this.#view?.state === 'live' && this.#view.hasAudio && !this.#view.hasVideo) this.#comes();
    };
    element.addEventListener('timeupdate', hears, { signal });
    void this.#join();
  }

  get view(): View | undefined {
    return this.#view;
  }

  get error(): MeshliftError | undefined {
    return this.#error ?? this.#noPath;
  }

  get scene(): Scene {
    const { error } = this;
    if (error) {
      if (error.code !== 'STREAM_NOT_FOUND') return 'failed';
      return this.#watched ? 'over' : 'absent';
    }
    const view = this.#view;
    if (view?.state === 'waiting') return 'waiting';
    if (view?.state === 'reconnecting' && this.#stalled) return 'stalled';
    if (view?.state === 'live' && (this.#hasPicture || !view.hasVideo)) return 'playing';
    // While signaling is away the picture goes on.
    return view?.state === 'reconnecting' && this.#hasPicture ? 'playing' : 'starting';
  }

  get playing(): Playing {
    const { hasVideo = false, hasAudio = false, audioPaused = false } = this.#view ?? {};
    if (hasVideo) return audioPaused ? 'muted-video' : 'video';
    return hasAudio ? 'audio' : 'silent';
  }

  /** Whether signaling is away: what the server said last of the stream may not be true any more. */
  get reconnecting(): boolean {
    return this.#view?.state === 'reconnecting';
  }

  /** Whether the page will try by itself to get over `error`. */
  get willRetry(): boolean {
    const rejoins = this.#noPath !== undefined && this.#view?.mediaError === undefined;
    return this.#retry !== undefined || this.#joining || rejoins;
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
    clearTimeout(this.#stalling);
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
    this.#watched = true;
    this.#retryAfterMs = RETRY_FIRST_MS;
    view.on('state', ({ state, error }) => {
      if (state === 'ended') this.#giveUp(error ?? new MeshliftError('STREAM_NOT_FOUND'));
      if (state === 'waiting') this.#awaitPicture();
      this.#watchForStall(state === 'reconnecting');
      // Until a picture comes, people learn what it is that does not work.
      if (state === 'reconnecting' && error && !this.#hasPicture) this.#noPath = error;
      this.#changed();
    });
    view.on('mediaerror', (error) => {
      this.#noPath = this.#hasPicture ? undefined : error;
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

  /** While nobody says how the stream is doing, its frames do. Without a picture there is nothing to tell it by. */
  #watchForStall(watching: boolean): void {
    clearTimeout(this.#stalling);
    this.#stalled = false;
    if (!watching || this.#closed || !this.#view?.hasVideo || !('requestVideoFrameCallback' in this.element))
      return;
    const view = this.#view;
    const still = () => view === this.#view && view.state === 'reconnecting' && !this.#closed;
    const look = () => {
      clearTimeout(this.#stalling);
      if (!still()) return;
      if (this.#stalled) {
        this.#stalled = false;
        this.#changed();
      }
      this.#stalling = setTimeout(() => {
        // A page that nobody sees is shown no frames.
        this.#stalled = still() && document.visibilityState === 'visible';
        if (this.#stalled) this.#changed();
      }, STALLED_AFTER_MS);
      this.element.requestVideoFrameCallback(look);
    };
    look();
  }

  #comes(): void {
    if (!this.#noPath) return;
    this.#noPath = undefined;
    this.#changed();
  }

  /** The scene is `starting` until a frame has been decoded. */
  #awaitPicture(): void {
    this.#hasPicture = false;
    const { element } = this;
    const decoded = () => {
      if (this.#closed) return;
      // Where a video track is taken out Chromium draws a black frame, which is nobody's picture.
      const media = element.srcObject;
      if (!(media instanceof MediaStream) || media.getVideoTracks().length === 0) {
        next();
        return;
      }
      this.#hasPicture = true;
      this.#comes();
      if (performance.getEntriesByName('meshlift:first-frame').length === 0) {
        performance.mark('meshlift:first-frame');
      }
      this.#changed();
    };
    const next = () => {
      if ('requestVideoFrameCallback' in element) element.requestVideoFrameCallback(decoded);
      // Older browsers tell no sooner than this.
      else (element as HTMLVideoElement).addEventListener('timeupdate', decoded, { once: true });
    };
    next();
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
