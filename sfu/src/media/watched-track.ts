import type { ConsumerOptions, Layers, MediaKind, RtpParameters } from '@meshlift/protocol';
import type { types } from 'mediasoup';
import type { Track } from '../cascade/track.ts';
import { layersOf } from '../rtp/layers.ts';
import { LayerCatchUp } from './layer-catch-up.ts';
import { LossLadder } from './loss-ladder.ts';
import { LossMeter } from './loss-meter.ts';

/**
 * A section of an offer that a track can be sent by. A viewer that has slots takes what fits them, and what it takes
 * flows at once: it has no other way to ask.
 */
export interface Slot {
  mid: string;
  kind: MediaKind;
}

interface WatchedTrackOptions {
  track: Track;
  consumer: types.Consumer;
  slot: Slot | undefined;
}

/** A track that a viewer watches: one consumer, and the choice of the layers that it is sent. */
export class WatchedTrack {
  readonly slot: Slot | undefined;
  readonly producer: types.Producer;
  readonly consumer: types.Consumer;
  readonly #options: ConsumerOptions;
  /** What the viewer asked for; `null` when it takes what its network carries. */
  #layers: Layers | null = null;
  #seen = true;
  /** Finds what the network carries, where mediasoup cannot estimate it. */
  readonly #ladder: LossLadder | undefined;
  /** Gets the consumer to the layers that mediasoup was asked for; where it has several. */
  readonly #catchUp: LayerCatchUp | undefined;

  constructor({ track, consumer, slot }: WatchedTrackOptions) {
    const { producer, sourceId } = track;
    this.slot = slot;
    this.producer = producer;
    this.consumer = consumer;
    const { id, kind, rtpParameters, producerPaused } = consumer;
    this.#options = {
      id,
      producerId: track.id,
      sourceId,
      kind,
      rtpParameters: rtpParameters as RtpParameters,
      producerPaused,
      ...layersOf(producer),
    };
    if (this.#options.spatialLayers === 1) return;
    const estimated = isEstimated(consumer);
    if (!estimated) this.#ladder = this.#climbing();
    // Layers within one stream have no scores of their own.
    if (consumer.type === 'simulcast') {
      this.#catchUp = new LayerCatchUp(consumer, () => this.#prefer(), { estimated });
    }
  }

  /** What the client needs to receive it, as of now. */
  get options(): ConsumerOptions {
    return { ...this.#options, producerPaused: this.consumer.producerPaused };
  }

  /**
   * The highest spatial layer that it may be sent: -1 while the viewer does not see it, `Infinity` when the viewer left
   * the choice open. It is still sent the one that it had before until the next one can be decoded, which may take
   * seconds: a layer that is stopped before would leave it with frozen video.
   */
  get highestLayer(): number {
    if (!this.#seen) return -1;
    if (!this.#layers) return Number.POSITIVE_INFINITY;
    return Math.max(this.#layers.spatialLayer, this.consumer.currentLayers?.spatialLayer ?? 0);
  }

  /** Lets it flow, or sends nothing of it for now. `highestLayer` changes at once, before the worker has answered. */
  async setSeen(seen: boolean): Promise<void> {
    this.#seen = seen;
    try {
      await (seen ? this.consumer.resume() : this.consumer.pause());
    } catch (error) {
      // One that closed meanwhile is as unknown as any other.
      if (!this.consumer.closed) throw error;
    }
  }

  /** @param layers `null` leaves the choice to what the network carries */
  async setLayers(layers: Layers | null): Promise<void> {
    this.#layers = layers;
    await this.#choose();
  }

  /** The consumer closes with its transport or its producer. */
  close(): void {
    this.#ladder?.close();
  }

  #climbing(): LossLadder {
    const ladder = new LossLadder(this.#options.spatialLayers - 1, () => {
      // A consumer that closed meanwhile has no layers to change.
      this.#choose().catch(() => undefined);
    });
    new LossMeter(this.consumer, (loss) => ladder.report(loss));
    return ladder;
  }

  /** Has the consumer sent what the viewer asked for, and its network carries. */
  async #choose(): Promise<void> {
    await this.#prefer();
    this.#catchUp?.check();
  }

  /** Asks mediasoup for the largest layers to send. */
  async #prefer(): Promise<void> {
    if (this.consumer.kind === 'audio') return;
    const { spatialLayers, temporalLayers } = this.#options;
    const largest = Math.min(spatialLayers - 1, this.#ladder?.layer ?? spatialLayers - 1);
    await this.consumer.setPreferredLayers({
      spatialLayer: Math.min(this.#layers?.spatialLayer ?? largest, largest),
      temporalLayer: Math.min(this.#layers?.temporalLayer ?? temporalLayers - 1, temporalLayers - 1),
    });
  }
}

/** Whether mediasoup estimates the bandwidth of the path that a consumer's packets take. */
function isEstimated({ rtpParameters: { headerExtensions = [] } }: types.Consumer): boolean {
  return headerExtensions.some(({ uri }) => /transport-wide-cc|abs-send-time/.test(uri));
}
