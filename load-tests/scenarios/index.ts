import type { Scenario } from './scenario.ts';

/** What `npm run load` can be asked for, in the order in which the documents tell of it. */
export const scenarios: readonly Scenario[] = [];
