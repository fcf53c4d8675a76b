import type { types } from 'mediasoup';
import type { PayloadTypes } from '../rtp/payload-types.ts';
import type { PoolWorker } from '../workers/pool-worker.ts';
import { Pipe } from './pipe.ts';

/**
 * A relay's router on one worker. The origin's receives the ingest; an edge's gets every producer from the
 * origin through one pipe, whatever the number of its viewers, and lives from its first viewer to its last.
 */
export class RelayRouter {
  readonly worker: PoolWorker;
  readonly router: types.Router;
  readonly #origin: types.Router | undefined;
  /** From the origin; opened for the first producer. */
  #pipe: Promise<Pipe> | undefined;
  /**
   * By the producer at the origin. Nothing of this router may hang on that producer: edges come and go with single
   * viewers, and it outlives them all.
   */
  readonly #piped = new WeakMap<types.Producer, Promise<string>>();

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
   * @returns the id it has here
   * @throws MeshliftError `SERVER_FULL` when no port is left for a pipe, `MEDIA_FAILED` when a router or the producer
   *   has been closed meanwhile
   */
  async carry(producer: types.Producer): Promise<string> {
    if (!this.#origin) return producer.id;
    let piped = this.#piped.get(producer);
    if (!piped) {
      piped = this.#openPipe(this.#origin).then((pipe) => pipe.carry(producer));
      this.#piped.set(producer, piped);
      piped.catch(() => this.#piped.delete(producer));
    }
    return piped;
  }

  #openPipe(origin: types.Router): Promise<Pipe> {
    if (this.#pipe) return this.#pipe;
    this.#pipe = Pipe.open({ from: origin, to: this.router, portRange: this.worker.pipePorts });
    // The next viewer may find a port that is free by then.
    this.#pipe.catch(() => {
      this.#pipe = undefined;
    });
    return this.#pipe;
  }

  close(): void {
    this.router.close();
  }
}
