import type { Fault } from '../fault.ts';
import { edgeKilled } from './edge-killed.ts';
import { edgeStopped } from './edge-stopped.ts';
import { innerEdgeKilled } from './inner-edge-killed.ts';
import { machineVanishes } from './machine-vanishes.ts';
import { natsEmptied } from './nats-emptied.ts';
import { natsStopped } from './nats-stopped.ts';
import { nodeCutOff } from './node-cut-off.ts';
import { pipeLoses } from './pipe-loses.ts';
import { streamDeleted } from './stream-deleted.ts';
import { workerKilled } from './worker-killed.ts';

/** In the order of the matrix. */
export const faults: readonly Fault[] = [
  workerKilled,
  edgeKilled,
  machineVanishes,
  innerEdgeKilled,
  natsStopped,
  natsEmptied,
  nodeCutOff,
  edgeStopped,
  pipeLoses,
  streamDeleted,
];
