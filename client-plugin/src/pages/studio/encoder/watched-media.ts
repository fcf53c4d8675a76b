import { type View, watchStream } from '../../../index.ts';
import type { EncoderStream } from './encoder-stream.ts';

/**
 * What an encoder sends, as a stream that can be published again: it is watched, and the tracks that arrive are
 * put into `stream`, which stays one object. While the encoder sends nothing it is empty. Emits `change` when
 * its tracks have changed.
 */
export class WatchedMedia extends EventTarget {
  readonly stream = new MediaStream();
  readonly #encoder: EncoderStream;
  /** Chromium decodes the sound of a stream only where an element plays it, silently too. */
  readonly #element = document.createElement('video');
  #unfollow: () => void;
  #view: View | undefined;
  #joining = false;
  #closed = false;

  /** Watches the stream whenever there is something to watch, also while the page cannot be seen. */
  constructor(encoder: EncoderStream) {
    super();
    this.#encoder = encoder;
    this.#element.muted = true;
    this.#element.autoplay = true;
    this.#element.playsInline = true;
    encoder.addEventListener('change', this.#look);
    this.#unfollow = encoder.follow('always');
  }

  /** Stops watching. Repeating it changes nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#encoder.removeEventListener('change', this.#look);
    this.#unfollow();
    this.#view?.close();
    this.#element.srcObject = null;
  }

  readonly #look = () => {
    if (this.#encoder.state === 'live' && !this.#view && !this.#joining) void this.#watch();
  };

  /** What stands in the way of it is tried again with the next look at the stream. */
  async #watch(): Promise<void> {
    this.#joining = true;
    const { streamId } = this.#encoder.owned;
    const view = await watchStream({ streamId, element: this.#element }).catch(() => undefined);
    this.#joining = false;
    if (!view) return;
    if (this.#closed) view.close();
    else this.#adopt(view);
  }

  #adopt(view: View): void {
    this.#view = view;
    // The view tells by itself what becomes of the stream.
    this.#unfollow();
    view.on('tracks', () => this.#apply());
    view.on('state', ({ state }) => {
      if (state === 'ended' && !this.#closed) {
        this.#view = undefined;
        this.#unfollow = this.#encoder.follow('always');
      }
      this.#apply();
    });
    this.#apply();
  }

  /** A picture that has stopped is not shown on: nobody could tell it from one that stands still. */
  #apply(): void {
    if (this.#closed) return;
    const state = this.#view?.state;
    const flowing = state === 'live' || state === 'reconnecting';
    const tracks = flowing ? playedBy(this.#element) : [];
    const old = this.stream.getTracks();
    if (tracks.length === old.length && tracks.every((track) => old.includes(track))) return;
    for (const track of old) this.stream.removeTrack(track);
    for (const track of tracks) this.stream.addTrack(track);
    this.dispatchEvent(new Event('change'));
  }
}

function playedBy({ srcObject }: HTMLVideoElement): MediaStreamTrack[] {
  return srcObject instanceof MediaStream ? srcObject.getTracks() : [];
}
