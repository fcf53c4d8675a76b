import type { types } from 'mediasoup';

/** By itself mediasoup sends a layer two to three seconds after it came: it waits for a report of it; in ms. */
const FIRST_PATIENCE_MS = 3_000;
const MOST_PATIENCE_MS = 48_000;

/**
 * Gets a consumer to the layer that it should be sent. Where mediasoup does not estimate what the network carries, it
 * looks at its choice only when a layer comes, goes or first reports, and then asks for a key frame twice within a
 * second; when neither comes, as from an encoder that is short of time, it stays with the smaller layer for good.
 */
export class LayerCatchUp {
  readonly #consumer: types.Consumer;
  readonly #prefer: () => Promise<void>;
  readonly #firstPatience: number;
  #patience: number;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param prefer tells mediasoup what the consumer should be sent
   * @param patience how long it may be behind, in ms; doubled with each time that did not help
   */
  constructor(consumer: types.Consumer, prefer: () => Promise<void>, patience: number = FIRST_PATIENCE_MS) {
    this.#consumer = consumer;
    this.#prefer = prefer;
    this.#firstPatience = patience;
    this.#patience = patience;
    consumer.on('score', () => this.#look());
    consumer.on('layerschange', () => this.#look());
    consumer.observer.once('close', () => this.#stop());
    this.#look();
  }

  #look(): void {
    if (!isBehind(this.#consumer)) this.#stop();
    else this.#timer ??= setTimeout(() => this.#due(), this.#patience).unref();
  }

  #due(): void {
    this.#timer = undefined;
    if (!isBehind(this.#consumer)) {
      this.#stop();
      return;
    }
    this.#patience = Math.min(this.#patience * 2, MOST_PATIENCE_MS);
    // A consumer that closed meanwhile has no layers to choose from.
    this.#askAgain().catch(() => undefined);
    this.#look();
  }

  /** mediasoup chooses again only when it is asked for something else. */
  async #askAgain(): Promise<void> {
    const { spatialLayer = 0, temporalLayer = 0 } = this.#consumer.preferredLayers ?? {};
    const other = temporalLayer > 0 ? { spatialLayer, temporalLayer: 0 } : { spatialLayer: 0, temporalLayer };
    await this.#consumer.setPreferredLayers(other);
    await this.#prefer();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#patience = this.#firstPatience;
  }
}

/** Whether the publisher sends a larger layer than is passed on, and not a larger one than was asked for. */
export function isBehind({
  paused,
  producerPaused,
  preferredLayers,
  currentLayers,
  score,
}: Pick<
  types.Consumer,
  'paused' | 'producerPaused' | 'preferredLayers' | 'currentLayers' | 'score'
>): boolean {
  if (paused || producerPaused) return false;
  const wanted = preferredLayers?.spatialLayer ?? Number.POSITIVE_INFINITY;
  const largest = score.producerScores.findLastIndex((score, layer) => score > 0 && layer <= wanted);
  return largest > (currentLayers?.spatialLayer ?? -1);
}
