import { MeshliftError } from '../../index.ts';
import type { EncoderStream } from './encoder/encoder-stream.ts';
import { loadEncoder } from './encoder/load-encoder.ts';
import { ownedStream } from './owned-stream.ts';
import { StreamRecord, type StreamSummary } from './stream-record.ts';

/** The stream of this tab that an encoder sends, from making it to its end. Emits `change`. */
export class EncoderBroadcast extends EventTarget {
  #stream: EncoderStream | undefined;
  #chosen = this.known;
  /** The attempt to make a stream that counts; the ones before it were overtaken. */
  #opening: symbol | undefined;
  #error: MeshliftError | undefined;
  #record = new StreamRecord();
  #summary: StreamSummary | undefined;

  get stream(): EncoderStream | undefined {
    return this.#stream;
  }

  /** Whether this is what somebody wants to send from, with or without a stream yet. */
  get chosen(): boolean {
    return this.#chosen;
  }

  get opening(): boolean {
    return this.#opening !== undefined;
  }

  /** Why no stream could be made. */
  get error(): MeshliftError | undefined {
    return this.#error;
  }

  /** Of the stream that ended last in this page, if anything was ever sent to it. */
  get summary(): StreamSummary | undefined {
    return this.#stream?.state === 'ended' ? this.#record.summary : this.#summary;
  }

  /** Another stream has begun. */
  putSummaryAway(): void {
    this.#summary = undefined;
  }

  /** Whether there is a stream from before a reload. */
  get known(): boolean {
    return ownedStream.load()?.source === 'encoder';
  }

  /** Comes back to the stream there was, or makes one. */
  async open(): Promise<void> {
    if (this.#stream || this.#opening) return;
    const turn = Symbol('opening');
    this.#opening = turn;
    this.#chosen = true;
    this.#error = undefined;
    this.#summary = undefined;
    this.#changed();
    try {
      const { EncoderStream } = await loadEncoder();
      const owned = this.known ? ownedStream.load() : undefined;
      const stream = owned ? new EncoderStream(owned) : await EncoderStream.create();
      if (turn !== this.#opening) stream.end().catch(() => undefined);
      else this.#adopt(stream, new StreamRecord(owned));
    } catch (error) {
      if (turn === this.#opening) this.#error = MeshliftError.from(error);
    } finally {
      if (turn === this.#opening) this.#opening = undefined;
      this.#changed();
    }
  }

  /** Ends the stream for everybody. It is over here even if the server could not be told. */
  async end(): Promise<void> {
    const stream = this.#stream;
    if (stream) this.#see(stream);
    this.#summary = this.#record.summary;
    this.#record = new StreamRecord();
    this.#opening = undefined;
    this.#chosen = false;
    this.#error = undefined;
    this.#stream = undefined;
    if (this.known) ownedStream.clear();
    this.#changed();
    await stream?.end();
  }

  /** Makes another stream in place of the one that has ended. */
  async startOver(): Promise<void> {
    void this.end().catch(() => undefined);
    await this.open();
  }

  #adopt(stream: EncoderStream, record: StreamRecord): void {
    this.#stream = stream;
    this.#record = record;
    this.#see(stream);
    stream.addEventListener('change', () => {
      if (this.#stream !== stream) return;
      this.#see(stream);
      this.#changed();
    });
  }

  #see({ owned, state, status }: EncoderStream): void {
    if (state === 'live') this.#record.see(status?.viewers ?? 0);
    ownedStream.save({ ...owned, source: 'encoder', ...this.#record.kept });
  }

  #changed(): void {
    this.dispatchEvent(new Event('change'));
  }
}
