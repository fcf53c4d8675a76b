import { join } from 'node:path';
import type { Context } from './context.ts';
import { type Lock, withLock } from './lock.ts';
import type { StepReport } from './screen.ts';

/** One part of a setup, which is done when `check` gives a value. */
export interface Step<T> {
  /** One word, shown before each of its lines. */
  name: string;
  /** What its work is, for people. */
  title: string;
  /** Names what two setups must not work on at once. */
  lock: string;
  /** The result of earlier work, or undefined where there is work to do. Quick and without effects. */
  check(): T | undefined | Promise<T | undefined>;
  work(report: StepReport, lock: Lock): Promise<T>;
}

/** Does a step unless it is done already; then it costs its check and prints nothing. */
export async function runStep<T>({ cache, screen, interrupt }: Context, step: Step<T>): Promise<T> {
  interrupt.signal.throwIfAborted();
  const done = await step.check();
  if (done !== undefined) return done;
  return withLock(
    join(cache, 'locks', `${step.lock}.lock`),
    async (lock) =>
      // Whoever held the lock before may have done the work.
      (await step.check()) ??
      (await screen.during(step.name, step.title, (report) => step.work(report, lock))),
    {
      signal: interrupt.signal,
      onWait: (pid) => screen.line(`${step.name}: waiting for another setup that is at it (process ${pid})`),
    },
  );
}
