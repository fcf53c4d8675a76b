import { MeshliftError } from '@meshlift/protocol';
import type { PayloadTypes } from './payload-types.ts';
import { placeViewer } from './placement.ts';
import type { PoolWorker } from './pool-worker.ts';
import { RelayRouter } from './relay-router.ts';
import type { WorkerPool } from './worker-pool.ts';

/** Viewers that number codecs in more ways than this at a time are no browsers. */
const MOST_EDGES_ON_A_WORKER = 16;

/** An edge and the viewers it serves, those still being set up included. */
interface Edge {
  worker: PoolWorker;
  router: Promise<RelayRouter>;
  viewers: number;
}

/** A place for one viewer. */
export interface Place {
  router: RelayRouter;
  /** Gives the place back. An edge goes with its last viewer, and its pipe with it. */
  release(): void;
}

/**
 * Where a relay runs: its origin on one worker, and an edge on each other worker that serves viewers of it. Viewers
 * that number codecs in a way of their own have edges of their own.
 */
export class RelayRouters {
  readonly origin: RelayRouter;
  readonly #pool: WorkerPool;
  /** By worker and payload types. */
  readonly #edges = new Map<string, Edge>();

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
    const edges = await Promise.all([...this.#edges.values()].map(({ router }) => router));
    return [this.origin, ...edges];
  }

  /**
   * A place for one more viewer. It is counted before anything is awaited, so that others see it when they
   * choose, and so that the router does not close meanwhile.
   *
   * @param payloadTypes what the viewer numbers codecs as; ours when left out
   * @throws MeshliftError `SERVER_FULL`, or `MEDIA_FAILED` when the worker has just died
   */
  async reserve(payloadTypes?: PayloadTypes): Promise<Place> {
    const worker = chooseWorker(this.#pool, (candidate) => this.#serves(candidate));
    const edge = this.#edgeOn(worker, payloadTypes);
    worker.load.countPlacement();
    worker.viewers += 1;
    if (edge) edge.viewers += 1;
    let given = false;
    const release = () => {
      if (given) return;
      given = true;
      worker.viewers -= 1;
      if (edge) this.#release(edge);
    };
    try {
      const router = edge ? await edge.router : this.origin;
      if (router.router.closed) throw new MeshliftError('MEDIA_FAILED');
      return { router, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  close(): void {
    for (const { router } of this.#edges.values()) closeWhenOpen(router);
    this.#edges.clear();
    this.origin.close();
  }

  #release(edge: Edge): void {
    edge.viewers -= 1;
    if (edge.viewers > 0) return;
    this.#forget(edge);
    closeWhenOpen(edge.router);
  }

  #serves(worker: PoolWorker): boolean {
    return worker === this.origin.worker || this.#countOn(worker) > 0;
  }

  #countOn(worker: PoolWorker): number {
    return [...this.#edges.values()].filter((edge) => edge.worker === worker).length;
  }

  /** The origin serves viewers of its worker itself, those that go by its payload types. */
  #edgeOn(worker: PoolWorker, payloadTypes: PayloadTypes | undefined): Edge | undefined {
    if (worker === this.origin.worker && !payloadTypes) return undefined;
    const key = `${worker.pid} ${payloadTypes?.key ?? ''}`;
    const known = this.#edges.get(key);
    if (known) return known;
    if (this.#countOn(worker) >= MOST_EDGES_ON_A_WORKER) throw new MeshliftError('SERVER_FULL');
    const router = RelayRouter.createEdge(worker, this.origin, payloadTypes);
    const edge: Edge = { worker, router, viewers: 0 };
    this.#edges.set(key, edge);
    router.then(
      ({ router: opened }) => opened.on('workerclose', () => this.#forget(edge)),
      () => this.#forget(edge),
    );
    return edge;
  }

  #forget(edge: Edge): void {
    for (const [key, candidate] of this.#edges) if (candidate === edge) this.#edges.delete(key);
  }
}

function closeWhenOpen(opening: Promise<RelayRouter>): void {
  opening.then(
    (router) => router.close(),
    () => undefined,
  );
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
