import type { MediaKind } from '@meshlift/protocol';
import type { types } from 'mediasoup';

/** What is assumed until it is measured, in packets per second: video of 1.5 Mbit/s, Opus in pieces of 20 ms. */
export const ASSUMED_RATES: Readonly<Record<MediaKind, number>> = { video: 150, audio: 50 };

/** The worker is not asked more often than this, in ms. */
const SAMPLE_AT_MOST_EVERY_MS = 5_000;

/**
 * Knows how many packets a second one viewer is sent of a producer at most: those of its largest layer. The highest
 * rate seen counts, since viewers stay where they have been placed, whatever is sent later.
 */
export class PacketMeter {
  readonly #producer: types.Producer;
  readonly #changed: () => void;
  #highest: number | undefined;
  #begun = false;
  #sampledAt = Number.NEGATIVE_INFINITY;

  constructor(producer: types.Producer, changed: () => void) {
    this.#producer = producer;
    this.#changed = changed;
  }

  get kind(): MediaKind {
    return this.#producer.kind;
  }

  get packetsPerSecond(): number {
    return this.#highest ?? ASSUMED_RATES[this.kind];
  }

  /** Measures again, unless that has just been done: what is known by then serves meanwhile. */
  sample(): void {
    const now = performance.now();
    if (now - this.#sampledAt < SAMPLE_AT_MOST_EVERY_MS || this.#producer.closed) return;
    this.#sampledAt = now;
    void this.#measure();
  }

  async #measure(): Promise<void> {
    const layers = await this.#producer.getStats().catch(() => []);
    const rate = Math.max(0, ...layers.map(rateOf));
    if (rate === 0) return;
    // mediasoup counts over the last seconds, and the first time these may reach back before the media.
    if (this.#begun && rate > (this.#highest ?? 0)) {
      this.#highest = rate;
      this.#changed();
    }
    this.#begun = true;
  }
}

/** mediasoup tells the rate in bits only, and the mean size of a packet is the same sooner or later. */
function rateOf({ bitrate, byteCount, packetCount }: types.ProducerStat): number {
  return byteCount > 0 ? (bitrate / 8) * (packetCount / byteCount) : 0;
}
