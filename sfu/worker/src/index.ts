/** Finds, downloads or builds mediasoup's worker, the native program that relays the media. */
export { cacheDir } from './cache.ts';
export { findWorker } from './find-worker.ts';
export { obtainWorker } from './obtain-worker.ts';
export type { WorkerReport } from './report.ts';
export { WorkerError } from './worker-error.ts';
