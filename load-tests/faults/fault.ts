import { z } from 'zod';
import type { ClusterUnderTest } from '../lib/cluster/cluster.ts';
import type { Clip } from '../lib/peers/clip.ts';
import { machineSchema } from '../lib/result.ts';

/** What must hold of one quantity. */
export interface Bound {
  /** Names it among those of its row. */
  id: string;
  title: string;
  unit: 'ms' | '%' | '';
  is: 'at most' | 'at least';
  value: number;
  /** Of all that was observed, over all runs, so much has to keep to it: 95 or 100 %. */
  of: 'p95' | 'worst';
}

/** What was observed in one run, by bound: one value for each viewer, or for the run. */
export type Observed = Record<string, number[]>;

export interface FaultBench {
  cluster: ClusterUnderTest;
  clip: Clip;
  /** Smaller audiences and shorter faults, to see that everything works. */
  short: boolean;
}

/** What a fault strikes. */
interface Scene {
  /** Strikes once, and leaves everything as it was, unless it is the last time. */
  strike(isLast: boolean): Promise<Observed>;
  /** Takes down what is not the cluster's. */
  end?(): Promise<void>;
}

/** A row of the failure matrix. */
export interface Fault {
  /** Its number in the matrix. */
  row: number;
  title: string;
  bounds: readonly Bound[];
  /** Puts up what the fault strikes. */
  prepare(bench: FaultBench): Promise<Scene>;
  /** Whether it needs machines of their own, which are network namespaces and take root. */
  needsMachines?: boolean;
}

export const measuredSchema = z.object({
  row: z.number().int(),
  startedAt: z.string(),
  commit: z.string(),
  machine: machineSchema,
  /** The load average of the machine, before and after. */
  load: z.tuple([z.number(), z.number()]),
  runs: z.number().int(),
  observed: z.record(z.string(), z.array(z.number())),
  /** Runs that did not come to their end, and why. */
  failures: z.array(z.string()),
});

/** What became of a row. */
export type MeasuredFault = z.infer<typeof measuredSchema>;
