import { expect, it } from 'vitest';
import { campaign } from './campaign.ts';
import { doors } from './coverage.ts';

/** The long form is `npm run strangers`. */
const SHORT_MS = 8_000;

it('strangers at every transport leave the server alive, silent and with nothing left over', async () => {
  const seed = Date.now() & 0x7fff_ffff;
  const { failure, runs, exitCode, tally } = await campaign({ seed, milliseconds: SHORT_MS });
  expect(failure, `npm run strangers -- --seed ${seed}`).toBeUndefined();
  expect(runs).toBeGreaterThan(0);
  expect(exitCode).toBe(0);
  // Every door there is, and a stranger has been let in at each.
  const shut = doors.filter((door) => !tally.coverage.tries.get(door)?.accepted);
  expect(shut, tally.coverage.table()).toEqual([]);
}, 150_000);
