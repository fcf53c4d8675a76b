import type { Bound } from '../fault.ts';

/** The longest time between two frames that nobody notices, on a machine that also starts and ends servers. */
export const NOBODY_ELSE: Bound = {
  id: 'others',
  title: 'others without frames',
  unit: 'ms',
  is: 'at most',
  value: 200,
  of: 'p95',
};

export const NO_JOINS: Bound = {
  id: 'otherJoins',
  title: 'how often others had to join again',
  unit: '',
  is: 'at most',
  value: 0,
  of: 'worst',
};
