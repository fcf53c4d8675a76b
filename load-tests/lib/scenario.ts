import type { Cores } from './machine/cores.ts';
import type { Clip } from './peers/clip.ts';
import type { Chart, Figure } from './result.ts';

/** What every scenario can be asked for; it says in its results what it made of it. */
export interface Wishes {
  /** How often everything is measured. */
  rounds: number;
  /** How long one measurement counts; 0 for a scenario that takes as long as its viewers take. */
  seconds: number;
  /** Numbers of viewers, where the scenario goes by them. */
  viewers: readonly number[] | undefined;
}

/** What a scenario works with. */
export interface Bench {
  readonly wishes: Wishes;
  readonly cores: Cores;
  readonly clip: Clip;
  /** The root of the checkout. */
  readonly root: string;
  /** Aborted when somebody stops the run: whatever was started is stopped then. */
  readonly signal: AbortSignal;
  /** Says what is going on now, to whoever watches. */
  progress(doing: string): void;
  /** Says that a measurement is not counted, and why. */
  discard(reason: string): void;
  /** Says what a reader of the figures should know besides. */
  note(text: string): void;
}

export interface Measured {
  /** What it was measured with, for the results. */
  options: Record<string, unknown>;
  figures: Figure[];
  charts: Chart[];
  rounds: unknown[];
}

/** A load, and what is to come of it. */
export interface Scenario {
  /** As the command line calls it. */
  readonly name: string;
  readonly title: string;
  /** What is to be had of it, in one sentence. */
  readonly about: string;
  /** What it does when asked for nothing else. */
  readonly usual: Wishes;
  run(bench: Bench): Promise<Measured>;
}
