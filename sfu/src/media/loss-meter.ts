import type { types } from 'mediasoup';
import { type ConsumerCounts, countOf } from './consumer-counts.ts';

/** How often what arrives is sampled while something is lost, in ms. */
const EVERY_MS = 1_000;

/** After so many samples without a loss, sampling stops until mediasoup sees one again. */
const CLEAN_SAMPLES = 5;

/**
 * Measures what part of a consumer's packets is lost on the way. mediasoup's score reveals *that* packets are lost, at
 * no cost; *how many* must be polled, which is done only while there is loss.
 */
export class LossMeter {
  readonly #consumer: types.Consumer;
  readonly #report: (loss: number) => void;
  #before: ConsumerCounts | undefined;
  #clean = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param report is called once a second while something is lost, and some seconds longer; from 0 to 1 */
  constructor(consumer: types.Consumer, report: (loss: number) => void) {
    this.#consumer = consumer;
    this.#report = report;
    consumer.on('score', ({ score }) => {
      if (score === 10) return;
      this.#clean = 0;
      this.#timer ??= setInterval(() => void this.#sample(), EVERY_MS).unref();
    });
    consumer.observer.once('close', () => this.#stop());
  }

  async #sample(): Promise<void> {
    const counted = await countOf(this.#consumer);
    const before = this.#before;
    this.#before = counted;
    if (!counted || !before || counted.packets <= before.packets) return;
    const loss = Math.max(0, counted.lost - before.lost) / (counted.packets - before.packets);
    this.#clean = loss > 0 ? 0 : this.#clean + 1;
    if (this.#clean >= CLEAN_SAMPLES) this.#stop();
    this.#report(Math.min(1, loss));
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#before = undefined;
  }
}
