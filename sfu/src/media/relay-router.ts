import type { types } from 'mediasoup';
import type { PayloadTypes } from './payload-types.ts';
import type { PoolWorker } from './pool-worker.ts';

/**
 * A relay's router on one worker. The origin's receives the ingest; an edge's gets every producer from the
 * origin through one pipe, whatever the number of its viewers, and lives from its first viewer to its last.
 */
export class RelayRouter {
  readonly worker: PoolWorker;
  readonly router: types.Router;
  readonly #origin: types.Router | undefined;
  /** By the id at the origin. */
  readonly #piped = new Map<string, Promise<string>>();

  static async createOrigin(worker: PoolWorker): Promise<RelayRouter> {
    return new RelayRouter(worker, await worker.createRouter());
  }

  /** @param payloadTypes what its viewers expect the codecs to be numbered as */
  static async createEdge(
    worker: PoolWorker,
    origin: RelayRouter,
    payloadTypes?: PayloadTypes,
  ): Promise<RelayRouter> {
    return new RelayRouter(worker, await worker.createRouter(payloadTypes?.mediaCodecs), origin.router);
  }

  private constructor(worker: PoolWorker, router: types.Router, origin?: types.Router) {
    this.worker = worker;
    this.router = router;
    this.#origin = origin;
  }

  /**
   * Makes sure that viewers of this router can consume the producer.
   *
   * @returns the id it has here: two routers of one worker cannot have producers of the same id
   */
  async carry(producer: types.Producer): Promise<string> {
    if (!this.#origin) return producer.id;
    let piped = this.#piped.get(producer.id);
    if (!piped) {
      piped = this.#pipe(this.#origin, producer);
      this.#piped.set(producer.id, piped);
      producer.observer.once('close', () => this.#piped.delete(producer.id));
      piped.catch(() => this.#piped.delete(producer.id));
    }
    return piped;
  }

  async #pipe(origin: types.Router, { id: producerId }: types.Producer): Promise<string> {
    const { router } = this;
    // Both ends are on this machine's loopback, where nothing is lost or read: no SRTP, no RTX.
    const options = { producerId, router, enableSctp: false, keepId: false };
    const { pipeProducer } = await origin.pipeToRouter(options);
    if (!pipeProducer) throw new Error('a pipe of a producer has no producer');
    return pipeProducer.id;
  }

  close(): void {
    this.router.close();
  }
}
