import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Which core does what, so that what is measured and what loads it do not take each other's time. */
export interface Cores {
  /** The relay's; `undefined` where there is but one core. */
  readonly relay: number | undefined;
  /** That of the publisher, of the viewers and of the probes. */
  readonly load: number | undefined;
}

/** The first two cores, where `taskset` can hold processes to them. */
export function findCores(): Cores {
  const canHold = spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0;
  return canHold && availableParallelism() > 1
    ? { relay: 0, load: 1 }
    : { relay: undefined, load: undefined };
}

/** A command line that runs another one on one core. */
export function onCore(
  core: number | undefined,
  command: readonly [string, ...string[]],
): [string, ...string[]] {
  return core === undefined ? [...command] : ['taskset', '--cpu-list', String(core), ...command];
}
