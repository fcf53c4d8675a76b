import fc from 'fast-check';
import type { Visit } from '../visit.ts';

/** What must have happened before a step makes sense. */
export interface Model {
  pollers: number;
  webSockets: number;
  members: number;
}

export type Step = fc.AsyncCommand<Model, Visit>;

interface StepOptions<T> {
  needs?: keyof Model;
  /** What there is one more of afterwards; then `act` adds one, also when it was refused. */
  adds?: keyof Model;
  act(visit: Visit, parameters: T): Promise<void>;
}

/** A kind of step, with what may vary of it. */
export function steps<T>(
  name: string,
  parameters: fc.Arbitrary<T>,
  { needs, adds, act }: StepOptions<T>,
): fc.Arbitrary<Step> {
  return parameters.map((chosen) => ({
    check: (model) => needs === undefined || model[needs] > 0,
    async run(model, visit) {
      visit.countStep();
      await act(visit, chosen);
      if (adds) model[adds] += 1;
      visit.assertUnfailed();
    },
    toString: () => `${name} ${fc.stringify(chosen)}`,
  }));
}

/** Which of several that a visit has, most often the one that came last. */
export const which = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.nat({ max: 7 }) },
);

/**
 * @param index counted from the last
 * @throws Error when there is none
 */
export function pick<T>(list: readonly T[], index: number): T {
  const found = list[list.length - 1 - (index % list.length)];
  if (found === undefined) throw new Error('there is nothing to choose from');
  return found;
}

/** Null most of the time. */
export const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 7, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
