import type { Fault } from '../fault.ts';
import { edgeKilled } from './edge-killed.ts';
import { innerEdgeKilled } from './inner-edge-killed.ts';
import { workerKilled } from './worker-killed.ts';

/** In the order of the matrix. */
export const faults: readonly Fault[] = [workerKilled, edgeKilled, innerEdgeKilled];
