import type { types } from 'mediasoup';

/** By itself mediasoup sends a layer two to three seconds after it came: it waits for a report of it; in ms. */
const FIRST_TIMEOUT_MS = 3_000;
const LONGEST_TIMEOUT_MS = 48_000;

/**
 * Gets a consumer to the layer that it should be sent, up or down. mediasoup asks for the key frame that it needs for
 * that twice within a second; when neither comes, as from an encoder that is short of time or whose requests got lost,
 * it stays with the layer before for good: with smaller video than the viewer could have, or with a larger one
 * than it asked for.
 */
export class LayerCatchUp {
  readonly #consumer: types.Consumer;
  readonly #prefer: () => Promise<void>;
  readonly #isEstimated: boolean;
  readonly #firstTimeout: number;
  #timeout: number;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param prefer tells mediasoup what the consumer should be sent
   * @param options.estimated whether mediasoup estimates what the network carries: then a smaller layer than was asked
   *   for is its choice, and the estimate moves it on
   * @param options.timeout how long it may be elsewhere, in ms; doubled with each time that did not help
   */
  constructor(
    consumer: types.Consumer,
    prefer: () => Promise<void>,
    { estimated = false, timeout = FIRST_TIMEOUT_MS }: { estimated?: boolean; timeout?: number } = {},
  ) {
    this.#consumer = consumer;
    this.#prefer = prefer;
    this.#isEstimated = estimated;
    this.#firstTimeout = timeout;
    this.#timeout = timeout;
    consumer.on('score', () => this.check());
    consumer.on('layerschange', () => this.check());
    consumer.observer.once('close', () => this.#stop());
    this.check();
  }

  /** To be called when something else has been asked for; mediasoup reports what is sent. */
  check(): void {
    if (!this.#elsewhere) this.#stop();
    else this.#timer ??= setTimeout(() => this.#due(), this.#timeout).unref();
  }

  get #elsewhere(): boolean {
    const direction = whereIs(this.#consumer);
    return direction === 'above' || (direction === 'below' && !this.#isEstimated);
  }

  #due(): void {
    this.#timer = undefined;
    if (!this.#elsewhere) {
      this.#stop();
      return;
    }
    this.#timeout = Math.min(this.#timeout * 2, LONGEST_TIMEOUT_MS);
    // A consumer that closed meanwhile has no layers to choose from.
    this.#askAgain().catch(() => undefined);
    this.check();
  }

  /** mediasoup chooses again only when it is asked for something else. */
  async #askAgain(): Promise<void> {
    const { spatialLayer = 0, temporalLayer = 0 } = this.#consumer.preferredLayers ?? {};
    const other =
      temporalLayer > 0
        ? { spatialLayer, temporalLayer: 0 }
        : { spatialLayer: spatialLayer > 0 ? 0 : 1, temporalLayer };
    await this.#consumer.setPreferredLayers(other);
    await this.#prefer();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timeout = this.#firstTimeout;
  }
}

/**
 * Where a consumer is, seen from the layer that it should be sent: the largest that arrives and was asked for, or
 * the smallest that arrives when all are larger.
 */
export function whereIs({
  paused,
  producerPaused,
  preferredLayers,
  currentLayers,
  score,
}: Pick<types.Consumer, 'paused' | 'producerPaused' | 'preferredLayers' | 'currentLayers' | 'score'>):
  | 'there'
  | 'below'
  | 'above' {
  if (paused || producerPaused) return 'there';
  const wanted = preferredLayers?.spatialLayer ?? Number.POSITIVE_INFINITY;
  const arrives = score.producerScores.flatMap((score, layer) => (score > 0 ? [layer] : []));
  const best = arrives.findLast((layer) => layer <= wanted) ?? arrives[0] ?? -1;
  const current = currentLayers?.spatialLayer ?? -1;
  if (current === best) return 'there';
  return current < best ? 'below' : 'above';
}
