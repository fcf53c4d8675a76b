import { loadavg } from 'node:os';
import { ClusterUnderTest } from '../lib/cluster/cluster.ts';
import type { Clip } from '../lib/peers/clip.ts';
import { commitOf, machineFacts } from '../lib/report/machine-facts.ts';
import { median, quantile } from '../lib/statistics.ts';
import type { Bound, Fault, MeasuredFault } from './fault.ts';

export interface MeasureOptions {
  clip: Clip;
  runs: number;
  root: string;
  short?: boolean;
  signal: AbortSignal;
  say?: (text: string) => void;
}

/** Lets a fault happen again and again, in a cluster of its own. Runs that do not come to their end are told of. */
export async function measureFault(
  fault: Fault,
  { clip, runs, root, short = false, signal, say = () => undefined }: MeasureOptions,
): Promise<MeasuredFault> {
  const [before = 0] = loadavg();
  const startedAt = new Date().toISOString();
  const observed: MeasuredFault['observed'] = Object.fromEntries(fault.bounds.map(({ id }) => [id, []]));
  const failures: string[] = [];
  for (let done = 0; done < runs; ) {
    // A run that failed may have left anything behind: the next one begins anew.
    const cluster = await ClusterUnderTest.start(fault.needsMachines ? { natsHost: '0.0.0.0' } : {});
    let end: (() => Promise<void>) | undefined;
    try {
      const scene = await fault.prepare({ cluster, clip, short });
      end = scene.end;
      while (done < runs) {
        signal.throwIfAborted();
        const values = await scene.strike(done === runs - 1);
        done += 1;
        for (const [id, all] of Object.entries(values)) observed[id]?.push(...all);
        say(
          `row ${fault.row}, run ${done} of ${runs}: ${fault.bounds.map((bound) => shortly(bound, values[bound.id] ?? [])).join('; ')}`,
        );
      }
    } catch (error) {
      signal.throwIfAborted();
      done += 1;
      failures.push(error instanceof Error ? error.message : String(error));
      say(`row ${fault.row}, run ${done} of ${runs} failed: ${failures.at(-1)}`);
    } finally {
      await cluster.stop();
      await end?.();
    }
  }
  const [after = 0] = loadavg();
  const load: [number, number] = [before, after];
  const facts = { commit: commitOf(root), machine: machineFacts() };
  return { row: fault.row, startedAt, ...facts, load, runs, observed, failures };
}

/** What of the values a bound is about; `NaN` of none. */
export function decisive({ of, is }: Bound, values: readonly number[]): number {
  if (of === 'worst') return values.length === 0 ? Number.NaN : worstOf(is, values);
  return quantile(values, is === 'at most' ? 0.95 : 0.05);
}

export function worstOf(is: Bound['is'], values: readonly number[]): number {
  return is === 'at most' ? Math.max(...values) : Math.min(...values);
}

export function isKept(bound: Bound, values: readonly number[]): boolean {
  const value = decisive(bound, values);
  return bound.is === 'at most' ? value <= bound.value : value >= bound.value;
}

function shortly({ id, is, unit }: Bound, values: readonly number[]): string {
  return values.length === 0
    ? `${id} -`
    : `${id} ${Math.round(median(values))} ${unit}, worst ${Math.round(worstOf(is, values))}`;
}
