import type { types } from 'mediasoup';

/** How often what arrives is looked at while something is lost, in ms. */
const EVERY_MS = 1_000;

/** After so many looks without a loss nothing is looked at until mediasoup sees one again. */
const CLEAN_LOOKS = 5;

interface Counted {
  sent: number;
  lost: number;
}

/**
 * Measures what part of a consumer's packets is lost on the way. mediasoup's score tells for nothing that something
 * is; how much it is must be asked for, which is done only while there is something to see.
 */
export class LossMeter {
  readonly #consumer: types.Consumer;
  readonly #report: (loss: number) => void;
  #before: Counted | undefined;
  #clean = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param report is called once a second while something is lost, and some seconds longer; from 0 to 1 */
  constructor(consumer: types.Consumer, report: (loss: number) => void) {
    this.#consumer = consumer;
    this.#report = report;
    consumer.on('score', ({ score }) => {
      if (score === 10) return;
      this.#clean = 0;
      this.#timer ??= setInterval(() => void this.#look(), EVERY_MS).unref();
    });
    consumer.observer.once('close', () => this.#stop());
  }

  async #look(): Promise<void> {
    const counted = await count(this.#consumer);
    const before = this.#before;
    this.#before = counted;
    if (!counted || !before || counted.sent <= before.sent) return;
    const loss = Math.max(0, counted.lost - before.lost) / (counted.sent - before.sent);
    this.#clean = loss > 0 ? 0 : this.#clean + 1;
    if (this.#clean >= CLEAN_LOOKS) this.#stop();
    this.#report(Math.min(1, loss));
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#before = undefined;
  }
}

/** What has been sent, and what the other side has reported lost or asked for again (RFC 3550, RFC 4585). */
async function count(consumer: types.Consumer): Promise<Counted | undefined> {
  const stats = consumer.closed ? [] : await consumer.getStats().catch(() => []);
  const outbound = stats.find(({ type }) => type === 'outbound-rtp');
  if (!outbound) return undefined;
  const { packetCount, packetsLost, nackPacketCount } = outbound;
  return { sent: packetCount, lost: Math.max(packetsLost, nackPacketCount) };
}
