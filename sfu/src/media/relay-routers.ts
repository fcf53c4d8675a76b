import { MeshliftError } from '@meshlift/protocol';
import { placeViewer } from './placement.ts';
import type { PoolWorker } from './pool-worker.ts';
import { RelayRouter } from './relay-router.ts';
import type { WorkerPool } from './worker-pool.ts';

/** Where a relay runs: its origin on one worker, and an edge on each other worker that serves viewers of it. */
export class RelayRouters {
  readonly origin: RelayRouter;
  readonly #pool: WorkerPool;
  /** Viewers of this relay on each worker, those still being set up included. */
  readonly #places = new Map<PoolWorker, number>();
  readonly #edges = new Map<PoolWorker, Promise<RelayRouter>>();

  /** @throws MeshliftError `SERVER_FULL` */
  static async create(pool: WorkerPool): Promise<RelayRouters> {
    const worker = chooseWorker(pool, () => false);
    return new RelayRouters(pool, await RelayRouter.createOrigin(worker));
  }

  private constructor(pool: WorkerPool, origin: RelayRouter) {
    this.#pool = pool;
    this.origin = origin;
  }

  get edgeCount(): number {
    return this.#edges.size;
  }

  /** The routers that stand, the origin first. */
  async all(): Promise<RelayRouter[]> {
    return [this.origin, ...(await Promise.all(this.#edges.values()))];
  }

  /**
   * The router for one more viewer. Its place is counted before anything is awaited, so that others see it
   * when they choose, and so that the router does not close meanwhile.
   *
   * @throws MeshliftError `SERVER_FULL`, or `MEDIA_FAILED` when the worker has just died
   */
  async reserve(): Promise<RelayRouter> {
    const worker = chooseWorker(this.#pool, (candidate) => this.#serves(candidate));
    worker.load.countPlacement();
    worker.viewers += 1;
    this.#places.set(worker, (this.#places.get(worker) ?? 0) + 1);
    try {
      const relayRouter = await this.#routerOn(worker);
      if (relayRouter.router.closed) throw new MeshliftError('MEDIA_FAILED');
      return relayRouter;
    } catch (error) {
      this.#giveBack(worker);
      throw error;
    }
  }

  /** Gives a reserved place back. An edge goes with its last viewer, and its pipe with it. */
  release({ worker }: RelayRouter): void {
    this.#giveBack(worker);
  }

  close(): void {
    for (const edge of this.#edges.values()) edge.then((router) => router.close()).catch(() => undefined);
    this.#edges.clear();
    this.origin.close();
  }

  #giveBack(worker: PoolWorker): void {
    const places = (this.#places.get(worker) ?? 0) - 1;
    this.#places.set(worker, places);
    worker.viewers -= 1;
    if (places > 0) return;
    this.#places.delete(worker);
    this.#edges.get(worker)?.then(
      (router) => router.close(),
      () => undefined,
    );
    this.#edges.delete(worker);
  }

  #serves(worker: PoolWorker): boolean {
    return worker === this.origin.worker || this.#edges.has(worker);
  }

  #routerOn(worker: PoolWorker): Promise<RelayRouter> {
    if (worker === this.origin.worker) return Promise.resolve(this.origin);
    let edge = this.#edges.get(worker);
    if (!edge) {
      edge = RelayRouter.createEdge(worker, this.origin);
      this.#edges.set(worker, edge);
      edge.then(
        ({ router }) => router.on('workerclose', () => this.#edges.delete(worker)),
        () => this.#edges.delete(worker),
      );
    }
    return edge;
  }
}

function chooseWorker(pool: WorkerPool, servesRelay: (worker: PoolWorker) => boolean): PoolWorker {
  const { workers } = pool;
  const index = placeViewer(
    workers.map((worker) => ({
      utilisation: worker.load.utilisation,
      placedSinceSample: worker.load.placedSinceSample,
      viewers: worker.viewers,
      servesRelay: servesRelay(worker),
    })),
  );
  const worker = index === undefined ? undefined : workers[index];
  if (!worker) throw new MeshliftError('SERVER_FULL');
  return worker;
}
