import { Emitter } from '../emitter.ts';
import { MeshliftError } from '../index.ts';
import {
  EMBED_VERSION,
  type EmbedCommandBody,
  type EmbedEvent,
  type PlayerQuality,
  type PlayerStats,
  readEvent,
} from './embed-messages.ts';

type EventBody<N extends EmbedEvent['event']> = Omit<
  Extract<EmbedEvent, { event: N }>,
  'meshlift' | 'id' | 'event'
>;

/** How the player in a frame stands. */
export type EmbedState = EventBody<'state'>;

/** What the player in a frame tells by itself, by the names and shapes of its messages. */
export type EmbedControllerEvents = { [N in EmbedEvent['event']]: EventBody<N> };

const ANSWER_WITHIN_MS = 10_000;

interface Waiting {
  resolve(answer: EmbedEvent): void;
  reject(error: MeshliftError): void;
}

/**
 * The embedding page's end of an `<iframe>` that holds `/embed/…`: commands that resolve when the player has
 * followed, and its events. It hears that frame's own window and origin alone, and commands go to no other.
 */
export class EmbedController extends Emitter<EmbedControllerEvents> {
  readonly #iframe: HTMLIFrameElement;
  readonly #listening = new AbortController();
  readonly #waiting = new Map<number, Waiting>();
  readonly #ready: Promise<void>;
  #lastId = 0;

  /** @param iframe one frame for one controller; its `src` says which origin to trust */
  constructor(iframe: HTMLIFrameElement) {
    super();
    this.#iframe = iframe;
    const { signal } = this.#listening;
    this.#ready = new Promise((resolve) => {
      addEventListener('message', (event) => this.#receive(event) && resolve(), { signal });
    });
    iframe.addEventListener('load', () => this.#greet(), { signal });
    this.#greet();
  }

  /** Resolves when the player has been heard of. */
  get ready(): Promise<void> {
    return this.#ready;
  }

  /** Every command throws MeshliftError: `REQUEST_TIMEOUT` without an answer, or with the code that is one. */
  async mute(): Promise<void> {
    await this.#ask({ command: 'mute' });
  }

  /** @returns whether it can be heard now: browsers may want a click inside the frame first */
  async unmute(): Promise<boolean> {
    const answer = await this.#ask({ command: 'unmute' });
    return answer.event === 'volume' && !answer.muted;
  }

  /** @param volume 0 to 1; whether it is muted is another matter */
  async setVolume(volume: number): Promise<void> {
    await this.#ask({ command: 'volume', volume });
  }

  /** A number is a spatial layer, 0 the smallest picture. */
  async setQuality(quality: PlayerQuality): Promise<void> {
    await this.#ask({ command: 'quality', quality });
  }

  async getState(): Promise<EmbedState> {
    const answer = await this.#ask({ command: 'getState' });
    if (answer.event !== 'state') throw new MeshliftError('PROTOCOL_VERSION');
    return bodyOf(answer);
  }

  async getStats(): Promise<PlayerStats> {
    const answer = await this.#ask({ command: 'getStats' });
    if (answer.event !== 'stats') throw new MeshliftError('PROTOCOL_VERSION');
    return answer.stats;
  }

  /** Stops listening; the player goes on. Repeating it changes nothing. */
  close(): void {
    this.#listening.abort();
    for (const { reject } of this.#waiting.values()) reject(new MeshliftError('DISCONNECTED'));
    this.#waiting.clear();
  }

  get #origin(): string {
    return new URL(this.#iframe.src, location.href).origin;
  }

  /**
   * Lets a player know whom to answer, which it cannot know before it has heard from somebody. Nothing in this
   * is private, so that it may go to whatever is in the frame yet.
   */
  #greet(): void {
    this.#iframe.contentWindow?.postMessage({ meshlift: EMBED_VERSION, command: 'getState' }, '*');
  }

  async #ask(command: EmbedCommandBody): Promise<EmbedEvent> {
    this.#lastId += 1;
    const id = this.#lastId;
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      return await new Promise<EmbedEvent>((resolve, reject) => {
        if (this.#listening.signal.aborted) reject(new MeshliftError('DISCONNECTED'));
        timer = setTimeout(() => reject(new MeshliftError('REQUEST_TIMEOUT')), ANSWER_WITHIN_MS);
        this.#waiting.set(id, { resolve, reject });
        void this.#ready.then(() => {
          const { contentWindow } = this.#iframe;
          contentWindow?.postMessage({ meshlift: EMBED_VERSION, id, ...command }, this.#origin);
        });
      });
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  /** @returns whether it was the player */
  #receive({ source, origin, data }: MessageEvent<unknown>): boolean {
    if (source === null || source !== this.#iframe.contentWindow || origin !== this.#origin) return false;
    const event = readEvent(data);
    if (!event) return false;
    const waiting = event.id === undefined ? undefined : this.#waiting.get(event.id);
    if (event.event === 'error') {
      waiting?.reject(new MeshliftError(event.code, event.message));
      if (waiting) return true;
    } else {
      waiting?.resolve(event);
      // What was asked for and is told to nobody else.
      if (event.event === 'stats') return true;
    }
    this.emit(event.event, bodyOf(event) as never);
    return true;
  }
}

function bodyOf<E extends EmbedEvent>(event: E): Omit<E, 'meshlift' | 'id' | 'event'> {
  const { meshlift: _marker, id: _id, event: _name, ...body } = event;
  return body;
}
