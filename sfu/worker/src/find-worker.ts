import { join, resolve } from 'node:path';
import { cachedWorkerPaths } from './cache.ts';
import { mediasoupPackage } from './mediasoup-package.ts';
import { startsHere } from './verify.ts';
import { WorkerError } from './worker-error.ts';

/** Where a worker may already be, in the order of preference. */
export interface Places {
  /** The path that a person set in MEDIASOUP_WORKER_BIN, if any. */
  chosen: string | undefined;
  /** What an earlier run downloaded or built. */
  cached: readonly string[];
  /** What mediasoup's own install script leaves in its package. */
  packaged: string;
}

/**
 * The path of a worker that starts on this machine, or undefined when one has to be obtained
 * first. Builds and downloads nothing. Throws a WorkerError when MEDIASOUP_WORKER_BIN names one
 * that does not start: what a person chose is never replaced in silence.
 */
export function findWorker(): string | undefined {
  return findWorkerIn({
    chosen: process.env.MEDIASOUP_WORKER_BIN,
    cached: cachedWorkerPaths(),
    packaged: join(mediasoupPackage().dir, 'worker', 'out', 'Release', 'mediasoup-worker'),
  });
}

/** The first worker of these places that starts here. */
export function findWorkerIn(places: Places): string | undefined {
  if (places.chosen) {
    const path = resolve(places.chosen);
    if (startsHere(path)) return path;
    throw new WorkerError(
      `MEDIASOUP_WORKER_BIN names a worker that does not start on this machine: ${path}`,
      'Set MEDIASOUP_WORKER_BIN to a mediasoup-worker built for this machine, or unset it to have one obtained.',
    );
  }
  return [...places.cached, places.packaged].find((path) => startsHere(path));
}
