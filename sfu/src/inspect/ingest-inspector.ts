import type { IngestReport } from '@meshlift/protocol';
import type { types } from 'mediasoup';
import type { ViewerCounts } from './decoding-watch.ts';
import { reportOn } from './ingest-report.ts';
import { ProducerInspector } from './producer-inspector.ts';

/** Watches all that one ingest sends, and reports on it as a whole. */
export class IngestInspector {
  readonly #router: types.Router;
  readonly #onOrder: (producer: types.Producer, order: readonly number[]) => void;
  /** By producer, in the order they were added; nothing yet for those that are starting. */
  readonly #inspectors = new Map<string, ProducerInspector | undefined>();
  #connected = false;
  #closed = false;

  /**
   * @param router the one that the ingest's producers are on
   * @param onOrder called with the order in which a producer's encodings belong, when they are in another one
   */
  constructor(
    router: types.Router,
    onOrder: (producer: types.Producer, order: readonly number[]) => void = () => undefined,
  ) {
    this.#router = router;
    this.#onOrder = onOrder;
  }

  /** What has been found until now. Costs nothing. */
  get report(): IngestReport {
    return reportOn(this.#started.map(({ observations }) => observations));
  }

  /** To be called with each producer as soon as it is made. Never rejects. */
  async add(producer: types.Producer): Promise<void> {
    if (this.#closed || producer.closed) return;
    this.#inspectors.set(producer.id, undefined);
    producer.observer.once('close', () => this.#inspectors.delete(producer.id));
    const inspector = await ProducerInspector.start({
      router: this.#router,
      producer,
      onOrder: (order) => this.#onOrder(producer, order),
    });
    if (this.#closed) inspector.close();
    if (inspector.closed) return;
    inspector.setConnected(this.#connected);
    this.#inspectors.set(producer.id, inspector);
  }

  /** What a sample of some viewers of a producer has shown. */
  viewersSeen(producerId: string, viewers: readonly ViewerCounts[]): void {
    this.#inspectors.get(producerId)?.viewersSeen(viewers);
  }

  /** Whether packets can pass. Until they can, missing media is nobody's fault. */
  setConnected(connected: boolean): void {
    this.#connected = connected;
    for (const inspector of this.#started) inspector.setConnected(connected);
  }

  close(): void {
    this.#closed = true;
    for (const inspector of this.#started) inspector.close();
    this.#inspectors.clear();
  }

  get #started(): ProducerInspector[] {
    return [...this.#inspectors.values()].filter((inspector) => inspector !== undefined);
  }
}
