import type { types } from 'mediasoup';

const SAMPLE_EVERY_MS = 2_000;

/** How much a new sample counts against what was known: load settles within about three samples. */
const NEWEST_WEIGHT = 0.5;

/** So many samples tell what lasts: ten seconds, which no wave of handshakes or key frames does. */
const LASTING_SAMPLES = 5;

/** Measures how busy one worker is, as the share of one core its process used. */
export class LoadMeter {
  readonly #worker: types.Worker;
  readonly #timer: NodeJS.Timeout;
  #utilisation = 0;
  readonly #newest: number[] = [];
  #last: { cpuMs: number; at: number } | undefined;

  constructor(worker: types.Worker) {
    this.#worker = worker;
    this.#timer = setInterval(() => void this.#sample(), SAMPLE_EVERY_MS);
    this.#timer.unref();
    void this.#sample();
  }

  /** Smoothed share of one core, 0 to about 1. */
  get utilisation(): number {
    return this.#utilisation;
  }

  /** The least that it was in any of the last samples; 0 before there are enough of them. */
  get lasting(): number {
    return this.#newest.length < LASTING_SAMPLES ? 0 : Math.min(...this.#newest);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #sample(): Promise<void> {
    try {
      const usage = await this.#worker.getResourceUsage();
      const cpuMs = usage.ru_utime + usage.ru_stime;
      const at = performance.now();
      if (this.#last && at > this.#last.at) {
        const measured = (cpuMs - this.#last.cpuMs) / (at - this.#last.at);
        this.#newest.push(measured);
        if (this.#newest.length > LASTING_SAMPLES) this.#newest.shift();
        this.#utilisation += NEWEST_WEIGHT * (measured - this.#utilisation);
      }
      this.#last = { cpuMs, at };
    } catch {
      // The worker has just died; its owner hears of that through an event of its own.
    }
  }
}
