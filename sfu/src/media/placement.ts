/** What the choice of a worker for a viewer depends on. */
export interface WorkerLoad {
  /** Measured share of one core, 0 to 1. */
  utilisation: number;
  /** Viewers placed since that was measured. */
  placedSinceSample: number;
  /** Viewers of all relays on this worker. */
  viewers: number;
  /** Whether the relay has a router on this worker already, so that no pipe is needed. */
  servesRelay: boolean;
}

/** What a viewer is assumed to cost until it is measured: 0.4 % of a core, one video of 150 packets/s. */
const ASSUMED_VIEWER_COST = 0.004;

/** Loads within the same step count as equal: measured load is no more exact than that. */
const STEP = 0.05;

/** Above this, a worker has no headroom left for another viewer. */
const FULL = 0.95;

/**
 * Chooses the worker for a new viewer: the least loaded one; among equals the one with fewest viewers, so
 * that an audience spreads before the load tells; among those one the relay already runs on.
 *
 * @returns the index into `workers`, or `undefined` when all of them are full
 */
export function placeViewer(workers: readonly WorkerLoad[]): number | undefined {
  const load = (worker: WorkerLoad) =>
    Math.floor((worker.utilisation + worker.placedSinceSample * ASSUMED_VIEWER_COST) / STEP);
  let best: number | undefined;
  for (const [index, worker] of workers.entries()) {
    if (worker.utilisation >= FULL) continue;
    const chosen = best === undefined ? undefined : workers[best];
    if (chosen === undefined || isBetter(worker, chosen)) best = index;
  }
  return best;

  function isBetter(a: WorkerLoad, b: WorkerLoad): boolean {
    if (load(a) !== load(b)) return load(a) < load(b);
    if (a.viewers !== b.viewers) return a.viewers < b.viewers;
    return a.servesRelay && !b.servesRelay;
  }
}
