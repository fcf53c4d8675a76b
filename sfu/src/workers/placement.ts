/** What the choice of a worker depends on, whatever is to be placed. */
export interface WorkerLoad {
  /** Measured share of one core, 0 to 1. */
  utilisation: number;
  /** What it does not fall below, over some seconds. */
  lasting: number;
  /** The same worked out from what it sends, which tells of viewers that have only just come. */
  predictedShare: number;
  /** Viewers and origins of all relays on this worker. */
  sessions: number;
}

/** What the choice of a worker for a viewer depends on. */
export interface ViewerPlace extends WorkerLoad {
  /** How long the relay's last viewer there would wait for its packets if this one came too, in ms. */
  delayMs: number;
  /** Whether the relay has a router on this worker already. */
  servesRelay: boolean;
}

/** Loads within the same step count as equal: measured load is no more exact than that. */
const STEP = 0.05;

/**
 * Above this all the time, a worker has no headroom left. One that is only busy with a wave of newcomers is not full:
 * they wait for each other, and nobody is sent away.
 */
const FULL = 0.95;

/** A worker above this takes viewers only where they wait least: key frames and handshakes come in waves. */
const BUSY = 0.7;

/**
 * Up to this predicted delay, in ms, a relay's viewers stay on the workers that serve it. It is far below what a
 * player buffers, and the viewers of one worker that it allows cost some fifty times what the pipe to another would.
 */
const TOGETHER_MS = 2;

/** @returns the index of the least loaded of `workers`, or `undefined` when all of them are full */
export function placeOrigin(workers: readonly WorkerLoad[]): number | undefined {
  return bestOf(workers, isLessLoaded);
}

/**
 * Chooses the worker for a new viewer. Viewers stay together as long as none of them waits long; those that come
 * after that go where they wait least. Who has been placed is not moved.
 *
 * @returns the index into `workers`, or `undefined` when all of them are full
 */
export function placeViewer(workers: readonly ViewerPlace[]): number | undefined {
  return bestOf(workers, (one, other) => {
    const [a, b] = [isGoodEnough(one), isGoodEnough(other)];
    if (a !== b) return a;
    if (one.delayMs !== other.delayMs) return one.delayMs < other.delayMs;
    if (one.servesRelay !== other.servesRelay) return one.servesRelay;
    return isLessLoaded(one, other);
  });
}

function bestOf<W extends WorkerLoad>(workers: readonly W[], isBetter: (one: W, other: W) => boolean) {
  let best: number | undefined;
  for (const [index, worker] of workers.entries()) {
    if (worker.lasting >= FULL) continue;
    const chosen = best === undefined ? undefined : workers[best];
    if (chosen === undefined || isBetter(worker, chosen)) best = index;
  }
  return best;
}

function isLessLoaded(one: WorkerLoad, other: WorkerLoad): boolean {
  const [a, b] = [Math.floor(loadOf(one) / STEP), Math.floor(loadOf(other) / STEP)];
  return a === b ? one.sessions < other.sessions : a < b;
}

const isGoodEnough = (worker: ViewerPlace) =>
  worker.servesRelay && worker.delayMs <= TOGETHER_MS && loadOf(worker) < BUSY;

const loadOf = ({ utilisation, predictedShare }: WorkerLoad) => Math.max(utilisation, predictedShare);
