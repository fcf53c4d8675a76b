import { MeshliftError, type Subscription } from '@meshlift/protocol';
import type { PayloadTypes } from '../rtp/payload-types.ts';
import { Fanout } from '../workers/fanout.ts';
import { placeOrigin, placeViewer, type ViewerPlace, type WorkerLoad } from '../workers/placement.ts';
import type { PoolWorker } from '../workers/pool-worker.ts';
import { predictDelay, sumOfWork, workOf } from '../workers/predicted-delay.ts';
import type { Traffic } from '../workers/traffic.ts';
import type { WorkerPool } from '../workers/worker-pool.ts';
import { RelayRouter } from './relay-router.ts';

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
  readonly #traffic: Traffic;
  /** Its viewers on each worker that has any. */
  readonly #fanouts = new Map<PoolWorker, Fanout>();
  #closed = false;
  /** By worker and payload types. */
  readonly #edges = new Map<string, Edge>();
  /**
   * Whether other nodes are fed from the origin's router. New viewers then go to other workers, where there are some:
   * what the nodes get would wait until all viewers beside them have been sent theirs.
   */
  feedsNodes = false;

  /** @throws MeshliftError `SERVER_FULL` */
  static async create(pool: WorkerPool, traffic: Traffic): Promise<RelayRouters> {
    const dead = new Set<PoolWorker>();
    for (;;) {
      const workers = pool.workers.filter((worker) => !dead.has(worker));
      if (workers.length === 0) throw new MeshliftError('MEDIA_FAILED');
      const worker = chosenOf(workers, placeOrigin(workers.map((candidate) => loadOf(candidate))));
      worker.origins += 1;
      try {
        return new RelayRouters(pool, traffic, await RelayRouter.createOrigin(worker));
      } catch (error) {
        worker.origins -= 1;
        // One that has just died is replaced in a moment; another one serves meanwhile.
        if (!worker.closed) throw error;
        dead.add(worker);
      }
    }
  }

  private constructor(pool: WorkerPool, traffic: Traffic, origin: RelayRouter) {
    this.#pool = pool;
    this.#traffic = traffic;
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
   * @param subscription what the viewer is to be sent
   * @param payloadTypes what the viewer numbers codecs as; ours when left out
   * @throws MeshliftError `SERVER_FULL`, or `MEDIA_FAILED` when the worker has just died
   */
  async reserve(subscription: Subscription, payloadTypes?: PayloadTypes): Promise<Place> {
    this.#traffic.sample();
    const worker = this.#chooseWorker(subscription, payloadTypes);
    const edge = this.#edgeOn(worker, payloadTypes);
    this.#addViewer(worker, subscription);
    if (edge) edge.viewers += 1;
    let given = false;
    const release = () => {
      if (given) return;
      given = true;
      this.#removeViewer(worker, subscription);
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
    if (this.#closed) return;
    this.#closed = true;
    this.origin.worker.origins -= 1;
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

  #chooseWorker(subscription: Subscription, payloadTypes: PayloadTypes | undefined): PoolWorker {
    const { workers } = this.#pool;
    const beside = this.feedsNodes ? workers.filter((worker) => worker !== this.origin.worker) : [];
    const choose = (among: readonly PoolWorker[]) => {
      const candidates = among.filter((worker) => this.#hasRoom(worker, payloadTypes));
      const index = placeViewer(candidates.map((worker) => this.#placeOn(worker, subscription)));
      return index === undefined ? undefined : candidates[index];
    };
    const worker = choose(beside) ?? choose(workers);
    if (!worker) throw new MeshliftError('SERVER_FULL');
    return worker;
  }

  /** What would become of a worker if a viewer came to it. */
  #placeOn(worker: PoolWorker, subscription: Subscription): ViewerPlace {
    const fanout = this.#fanouts.get(worker);
    const bursts = (fanout ?? new Fanout(this.#traffic)).burstsAfterAdding(subscription);
    const { work } = worker;
    const beside = worker.workBeside(fanout, work);
    return {
      ...loadOf(worker, work),
      predictedShare: beside.share + sumOfWork(bursts.map(workOf)).share,
      delayMs: predictDelay(bursts, beside, worker.load.utilisation),
      servesRelay: worker === this.origin.worker || this.#countOn(worker) > 0,
    };
  }

  #addViewer(worker: PoolWorker, subscription: Subscription): void {
    const fanout = this.#fanouts.get(worker) ?? new Fanout(this.#traffic);
    this.#fanouts.set(worker, fanout);
    worker.fanouts.add(fanout);
    fanout.add(subscription);
  }

  #removeViewer(worker: PoolWorker, subscription: Subscription): void {
    const fanout = this.#fanouts.get(worker);
    fanout?.remove(subscription);
    if (!fanout || fanout.viewers > 0) return;
    this.#fanouts.delete(worker);
    worker.fanouts.delete(fanout);
  }

  #countOn(worker: PoolWorker): number {
    return [...this.#edges.values()].filter((edge) => edge.worker === worker).length;
  }

  #hasRoom(worker: PoolWorker, payloadTypes: PayloadTypes | undefined): boolean {
    if (worker === this.origin.worker && !payloadTypes) return true;
    return this.#edges.has(edgeKey(worker, payloadTypes)) || this.#countOn(worker) < MOST_EDGES_ON_A_WORKER;
  }

  /** The origin serves viewers of its worker itself, those that go by its payload types. */
  #edgeOn(worker: PoolWorker, payloadTypes: PayloadTypes | undefined): Edge | undefined {
    if (worker === this.origin.worker && !payloadTypes) return undefined;
    const key = edgeKey(worker, payloadTypes);
    const known = this.#edges.get(key);
    if (known) return known;
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

const edgeKey = ({ pid }: PoolWorker, payloadTypes: PayloadTypes | undefined) =>
  `${pid} ${payloadTypes?.key ?? ''}`;

function loadOf(worker: PoolWorker, work = worker.work): WorkerLoad {
  const { load, viewers, origins } = worker;
  return {
    utilisation: load.utilisation,
    lasting: load.lasting,
    predictedShare: work.share,
    sessions: viewers + origins,
  };
}

function chosenOf(workers: readonly PoolWorker[], index: number | undefined): PoolWorker {
  const worker = index === undefined ? undefined : workers[index];
  if (!worker) throw new MeshliftError('SERVER_FULL');
  return worker;
}
