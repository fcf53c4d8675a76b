import type { types } from 'mediasoup';
import { type FrameOrder, measureFrameOrder, type OrderedPacket } from './frame-order.ts';

/** How long and how often the headers of a producer's packets are read. All in milliseconds. */
export interface HeaderPace {
  firstMs: number;
  laterMs: number;
  everyMs: number;
}

/** What is told all the time: seldom, and so at no cost. */
const ALWAYS: types.ProducerTraceEventType[] = ['keyframe', 'pli', 'fir'];

/** More packets than this are not kept of one sample: two seconds of the largest streams. */
const MOST_PACKETS = 4_000;

/**
 * Reads the headers of a video producer's packets now and then, by its trace events: the worker tells each
 * packet's header without its payload, and nobody is asked for a key frame. Owns the producer's trace events.
 */
export class HeaderSampler {
  readonly #producer: types.Producer;
  readonly #pace: HeaderPace;
  readonly #onSample: (order: FrameOrder) => void;
  /** The packets of the sample that is under way. */
  #packets: OrderedPacket[] | undefined;
  #timer: NodeJS.Timeout | undefined;
  #samples = 0;
  #closed = false;

  constructor(producer: types.Producer, pace: HeaderPace, onSample: (order: FrameOrder) => void) {
    this.#producer = producer;
    this.#pace = pace;
    this.#onSample = onSample;
  }

  /** Begins a sample. It lasts from its first packet on. */
  async begin(): Promise<void> {
    this.#packets = [];
    this.#timer = undefined;
    await this.#trace([...ALWAYS, 'rtp']);
  }

  /** To be called with each packet that the producer's trace events tell of. */
  take(packet: OrderedPacket): void {
    if (this.#closed || !this.#packets || this.#packets.length >= MOST_PACKETS) return;
    this.#packets.push(packet);
    const forMs = this.#samples === 0 ? this.#pace.firstMs : this.#pace.laterMs;
    this.#timer ??= setTimeout(() => this.#end(), forMs).unref();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #end(): void {
    const packets = this.#packets ?? [];
    this.#packets = undefined;
    this.#samples += 1;
    this.#timer = setTimeout(() => void this.begin(), this.#pace.everyMs).unref();
    void this.#trace(ALWAYS);
    this.#onSample(measureFrameOrder(packets));
  }

  async #trace(types: types.ProducerTraceEventType[]): Promise<void> {
    try {
      if (!this.#closed && !this.#producer.closed) await this.#producer.enableTraceEvent(types);
    } catch {
      // The producer has been closed meanwhile, or its worker has died.
    }
  }
}
