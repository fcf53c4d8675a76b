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
  readonly #piped = new Map<string, Promise<unknown>>();

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

  /** Makes sure that viewers of this router can consume the producer, under the same id everywhere. */
  async carry(producer: types.Producer): Promise<void> {
    if (!this.#origin) return;
    let piped = this.#piped.get(producer.id);
    if (!piped) {
      // Both ends are on this machine's loopback, where nothing is lost or read: no SRTP, no RTX.
      piped = this.#origin.pipeToRouter({ producerId: producer.id, router: this.router, enableSctp: false });
      this.#piped.set(producer.id, piped);
      producer.observer.once('close', () => this.#piped.delete(producer.id));
      piped.catch(() => this.#piped.delete(producer.id));
    }
    await piped;
  }

  close(): void {
    this.router.close();
  }
}
