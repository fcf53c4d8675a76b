import { MeshliftError, type StreamLinks, type StreamStatus, StreamsApi } from '../../../index.ts';
import { Polling, type PollingNeed } from './polling.ts';

const LOOK_EVERY_MS = 2_000;
/**
 * An encoder that starts again later goes on under the same ID. Looking for it rarely keeps well below the
 * server's limit for requests that fail.
 */
const LOOK_AFTER_END_EVERY_MS = 10_000;

/** What proves that a stream is this page's. */
export interface StreamOwnership {
  streamId: string;
  publishKey: string;
}

/** `unknown` until the server has answered for the first time; `ended` until an encoder brings it back. */
export type EncoderState = StreamStatus['state'] | 'unknown' | 'ended';

/** A stream that an encoder sends by WHIP, and that this page made for it. Emits `change`. */
export class EncoderStream extends EventTarget {
  readonly publishKey: string;
  readonly #api = new StreamsApi();
  readonly #polling = new Polling(() => this.#look());
  #streamId: string;
  #links: StreamLinks | undefined;
  #status: StreamStatus | undefined;
  #state: EncoderState = 'unknown';
  #away = false;
  #closed = false;

  /** A stream that nobody has published to yet. @throws MeshliftError */
  static async create(): Promise<EncoderStream> {
    const { publishKey, ...links } = await new StreamsApi().create();
    const stream = new EncoderStream({ streamId: links.streamId, publishKey });
    stream.#links = links;
    stream.#state = 'idle';
    return stream;
  }

  /** Comes back to a stream that was made before, by its key. */
  constructor({ streamId, publishKey }: StreamOwnership) {
    super();
    this.#streamId = streamId;
    this.publishKey = publishKey;
  }

  get owned(): StreamOwnership {
    return { streamId: this.#streamId, publishKey: this.publishKey };
  }

  /** Undefined until the server has told them. */
  get links(): StreamLinks | undefined {
    return this.#links;
  }

  get state(): EncoderState {
    return this.#state;
  }

  /** As the server told it last; undefined once the stream has ended. */
  get status(): StreamStatus | undefined {
    return this.#status;
  }

  /** Whether the server cannot be reached at the moment. */
  get away(): boolean {
    return this.#away;
  }

  /** Follows how it stands. @returns what to call when that is not needed any longer */
  follow(need: PollingNeed): () => void {
    return this.#closed ? () => undefined : this.#polling.need(need);
  }

  /** Looks at once rather than later. */
  look(): void {
    if (!this.#closed) this.#polling.again();
  }

  /** Gives the stream a new ID and drops everyone who held the old one. The encoder goes on. */
  async rotate(): Promise<void> {
    const links = await this.#api.rotate(this.#streamId, this.publishKey);
    this.#links = links;
    this.#streamId = links.streamId;
    this.#changed();
  }

  /** Ends it for everybody, the encoder included. Over here even if the server could not be told. */
  async end(): Promise<void> {
    this.close();
    await this.#api.remove(this.#streamId, this.publishKey).catch((error: unknown) => {
      // One that has ended already is what was wanted.
      if (MeshliftError.from(error).code !== 'STREAM_NOT_FOUND') throw error;
    });
  }

  /** Follows it no longer, and leaves it as it is. Repeating it changes nothing. */
  close(): void {
    this.#closed = true;
    this.#polling.stop();
  }

  /** @returns the milliseconds until it is worth looking again */
  async #look(): Promise<number> {
    const streamId = this.#streamId;
    try {
      const status = await this.#api.status(streamId, this.publishKey);
      // Under an ID that has changed meanwhile it is not told of any more.
      if (streamId === this.#streamId) this.#tell(status);
    } catch (error) {
      if (streamId === this.#streamId) this.#missed(MeshliftError.from(error));
    }
    return this.#state === 'ended' ? LOOK_AFTER_END_EVERY_MS : LOOK_EVERY_MS;
  }

  #tell(status: StreamStatus): void {
    const { streamId, watchUrl, embedUrl, whipUrl, whepUrl } = status;
    this.#links = { streamId, watchUrl, embedUrl, whipUrl, whepUrl };
    this.#status = status;
    this.#state = status.state;
    this.#away = false;
    this.#changed();
  }

  #missed({ code }: MeshliftError): void {
    const gone = code === 'STREAM_NOT_FOUND' || code === 'STREAM_NOT_YOURS';
    if (gone) {
      this.#state = 'ended';
      this.#status = undefined;
    }
    this.#away = !gone;
    this.#changed();
  }

  #changed(): void {
    if (!this.#closed) this.dispatchEvent(new Event('change'));
  }
}
