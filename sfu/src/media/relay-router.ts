import { MeshliftError } from '@meshlift/protocol';
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
   * @returns the id it has here: two routers of one worker cannot have producers of the same id
   */
  async carry(producer: types.Producer): Promise<string> {
    if (!this.#origin) return producer.id;
    let piped = this.#piped.get(producer);
    if (!piped) {
      piped = this.#pipe(this.#origin, producer);
      this.#piped.set(producer, piped);
      piped.catch(() => this.#piped.delete(producer));
    }
    return piped;
  }

  async #pipe(origin: types.Router, { id: producerId }: types.Producer): Promise<string> {
    const { router } = this;
    // Both ends are on this machine's loopback, where nothing is lost or read: no SRTP, no RTX.
    const listenInfo = { protocol: 'udp' as const, ip: '127.0.0.1', portRange: this.worker.pipePorts };
    const options = { producerId, router, listenInfo, enableSctp: false, keepId: false };
    const { pipeProducer } = await origin.pipeToRouter(options).catch(fullWhenOutOfPorts);
    if (!pipeProducer) throw new Error('a pipe of a producer has no producer');
    return pipeProducer.id;
  }

  close(): void {
    this.router.close();
  }
}

/** @throws MeshliftError `SERVER_FULL` for what mediasoup reports when all ports of its range are taken */
function fullWhenOutOfPorts(error: unknown): never {
  if (!(error instanceof Error) || !/no more available ports/.test(error.message)) throw error;
  throw new MeshliftError('SERVER_FULL', 'The server has no port left for another pipe.', { cause: error });
}
