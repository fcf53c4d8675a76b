import type { types } from 'mediasoup';
import { openOn } from '../workers/open-on.ts';
import { codecOf } from './codec-of.ts';
import type { SeenLayer } from './layer-order.ts';
import { PictureFacts } from './picture-facts.ts';
import { readRtpPacket } from './rtp-packet.ts';

/**
 * Looks into the packets of a video producer for some seconds, over a direct transport, which hands them to
 * this process.
 *
 * A consumer that begins asks for a key frame, which mediasoup cannot be told not to do. It passes that on only
 * for streams that have sent something already: opened with its producer, a sample costs no key frame, and
 * later one of each layer. That is why a producer's payload is sampled once, and again only where the order of
 * its layers is in doubt. What the worker holds back until the first key
 * frame never gets here, so waiting for it costs nothing, however long.
 */
export class PayloadSample {
  /** What is known of each simulcast layer, in the order of the producer's encodings. */
  readonly #layers: readonly { ssrc: number | undefined; facts: PictureFacts; bytes: number }[];
  readonly #transport: types.DirectTransport;
  readonly #forMs: number;
  readonly #onLayer: () => void;
  readonly #onDone: () => void;
  #done = false;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param forMs how long to look, from the first packet
   * @param onLayer called when the size of another layer is known
   * @param onDone called once, unless closed before
   * @throws whatever mediasoup throws when router or producer are closed
   */
  static async open(options: {
    router: types.Router;
    producer: types.Producer;
    forMs: number;
    onLayer: () => void;
    onDone: () => void;
  }): Promise<PayloadSample> {
    const { router, producer } = options;
    const transport = await openOn(router, router.createDirectTransport());
    try {
      const consuming = transport.consume({
        producerId: producer.id,
        rtpCapabilities: router.rtpCapabilities,
        // All layers as they are, and nothing kept for retransmission.
        pipe: true,
        enableRtx: false,
        // Not before somebody listens.
        paused: true,
      });
      const consumer = await openOn(transport, consuming);
      const sample = new PayloadSample(transport, consumer, options);
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
    consumer: types.Consumer,
    {
      producer,
      forMs,
      onLayer,
      onDone,
    }: { producer: types.Producer; forMs: number; onLayer: () => void; onDone: () => void },
  ) {
    this.#transport = transport;
    this.#forMs = forMs;
    this.#onLayer = onLayer;
    this.#onDone = onDone;
    this.#layers = (consumer.rtpParameters.encodings ?? []).map(({ ssrc }) => ({
      ssrc,
      facts: new PictureFacts(codecOf(producer)),
      bytes: 0,
    }));
    transport.observer.once('close', () => clearTimeout(this.#timer));
  }

  /** Of all layers together: the largest picture, and the slices of all. */
  get facts(): Pick<PictureFacts, 'size' | 'sequence' | 'slices'> {
    return combined(this.#layers.map(({ facts }) => facts));
  }

  get layers(): SeenLayer[] {
    return this.#layers.map(({ facts: { size }, bytes }) => ({ size, bytes }));
  }

  /** Whether it has looked for as long as it was to, or has been closed. */
  get done(): boolean {
    return this.#done || this.#transport.closed;
  }

  close(): void {
    this.#transport.close();
  }

  #take(bytes: Uint8Array): void {
    if (this.#transport.closed) return;
    this.#timer ??= setTimeout(() => {
      this.#done = true;
      this.close();
      this.#onDone();
    }, this.#forMs).unref();
    const packet = readRtpPacket(bytes);
    const layer = packet && this.#layers.find(({ ssrc }) => ssrc === packet.ssrc);
    if (!layer) return;
    layer.bytes += packet.payload.length;
    const wasKnown = layer.facts.size !== undefined;
    layer.facts.add(packet.payload);
    if (!wasKnown && layer.facts.size) this.#onLayer();
  }
}

function combined(layers: readonly PictureFacts[]): Pick<PictureFacts, 'size' | 'sequence' | 'slices'> {
  const area = ({ size }: PictureFacts) => (size ? size.width * size.height : 0);
  const largest = layers.toSorted((one, other) => area(one) - area(other)).at(-1);
  const slices = layers.map(({ slices }) => slices);
  return {
    size: largest?.size,
    sequence: largest?.sequence,
    slices: {
      seen: slices.reduce((sum, { seen }) => sum + seen, 0),
      b: slices.reduce((sum, { b }) => sum + b, 0),
    },
  };
}
