import type { Scenario } from '../lib/scenario.ts';
import { cascade } from './cascade.ts';
import { churn } from './churn.ts';
import { compare } from './compare.ts';
import { fanOut } from './fan-out.ts';
import { heap } from './heap.ts';
import { joinStorm } from './join-storm.ts';
import { latency } from './latency.ts';
import { signaling } from './signaling.ts';
import { switchScenario } from './switch.ts';

/** What `npm run load` can be asked for, in the order in which the documents tell of it. */
export const scenarios: readonly Scenario[] = [
  fanOut,
  compare,
  joinStorm,
  latency,
  switchScenario,
  churn,
  heap,
  signaling,
  cascade,
];
