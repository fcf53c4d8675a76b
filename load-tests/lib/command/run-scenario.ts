import type { Machine, Result } from '../result.ts';
import type { Bench, Scenario, Wishes } from '../scenario.ts';

/** What is the same for all scenarios of a run. */
export type RunBench = Pick<Bench, 'cores' | 'clip' | 'root' | 'signal'> & {
  wishes: Partial<Wishes>;
  commit: string;
  machine: Machine;
  /** What was noticed of the machine before anything began; it belongs to the notes of every result. */
  remarks: readonly string[];
};

/**
 * Runs a scenario on a bench of its own.
 *
 * @returns what it measured, with all that belongs to it
 * @throws the signal's reason, once the scenario has stopped, when the run was stopped
 */
export async function runScenario(
  scenario: Scenario,
  { wishes: given, commit, machine, remarks, ...bench }: RunBench,
  progress: (doing: string) => void,
): Promise<Result> {
  bench.signal.throwIfAborted();
  const wishes = { ...scenario.usual, ...given };
  const discarded: string[] = [];
  const notes = [...remarks];
  const start = Date.now();
  let measured: Awaited<ReturnType<Scenario['run']>>;
  try {
    measured = await scenario.run({
      ...bench,
      wishes,
      progress,
      discard: (reason) => {
        discarded.push(reason);
        progress(`thrown away: ${reason}`);
      },
      note: (text) => notes.push(text),
    });
  } finally {
    // Whatever it said or gave while it was being stopped.
    bench.signal.throwIfAborted();
  }
  const { options, figures, charts, rounds } = measured;
  return {
    scenario: scenario.name,
    title: scenario.title,
    startedAt: new Date(start).toISOString(),
    seconds: Math.round((Date.now() - start) / 100) / 10,
    commit,
    machine,
    options: { ...wishes, ...options },
    figures,
    charts,
    discarded,
    notes,
    rounds,
  };
}
