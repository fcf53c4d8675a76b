import type { types } from 'mediasoup';
import { codecOf } from './codec-of.ts';
import { PictureFacts } from './picture-facts.ts';
import { readRtpPacket } from './rtp-packet.ts';

/**
 * Looks into the packets of a video producer for some seconds, over a direct transport, which hands them to
 * this process.
 *
 * A consumer that begins asks for a key frame, which mediasoup cannot be told not to do. It passes that on only
 * for streams that have sent something already: opened with its producer, a sample costs no key frame, and
 * later one. That is why a producer's payload is sampled once. What the worker holds back until the first key
 * frame never gets here, so waiting for it costs nothing, however long.
 */
export class PayloadSample {
  readonly facts: PictureFacts;
  readonly #transport: types.DirectTransport;
  readonly #forMs: number;
  readonly #onDone: () => void;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param forMs how long to look, from the first packet
   * @param onDone called once, unless closed before
   * @throws whatever mediasoup throws when router or producer are closed
   */
  static async open(options: {
    router: types.Router;
    producer: types.Producer;
    forMs: number;
    onDone: () => void;
  }): Promise<PayloadSample> {
    const { router, producer } = options;
    const transport = await router.createDirectTransport();
    try {
      const consumer = await transport.consume({
        producerId: producer.id,
        rtpCapabilities: router.rtpCapabilities,
        // All layers as they are, and nothing kept for retransmission.
        pipe: true,
        enableRtx: false,
        // Not before somebody listens.
        paused: true,
      });
      const sample = new PayloadSample(transport, options);
      consumer.on('rtp', (packet) => sample.#take(packet));
      await consumer.resume();
      return sample;
    } catch (error) {
      transport.close();
      throw error;
    }
  }

  private constructor(
    transport: types.DirectTransport,
    { producer, forMs, onDone }: { producer: types.Producer; forMs: number; onDone: () => void },
  ) {
    this.#transport = transport;
    this.#forMs = forMs;
    this.#onDone = onDone;
    this.facts = new PictureFacts(codecOf(producer));
    transport.observer.once('close', () => clearTimeout(this.#timer));
  }

  close(): void {
    this.#transport.close();
  }

  #take(bytes: Uint8Array): void {
    if (this.#transport.closed) return;
    this.#timer ??= setTimeout(() => {
      this.close();
      this.#onDone();
    }, this.#forMs).unref();
    const packet = readRtpPacket(bytes);
    if (packet) this.facts.add(packet.payload);
  }
}
