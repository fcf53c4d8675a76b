import { natsServerPath } from '@meshlift/cluster/testing/nats';
import { describe, expect, it } from 'vitest';
import { testBench } from '../lib/testing/test-bench.ts';
import { faultsDocument } from './document.ts';
import { measureFault } from './measure.ts';
import { edgeKilled } from './rows/edge-killed.ts';
import { faults } from './rows/index.ts';
import { innerEdgeKilled } from './rows/inner-edge-killed.ts';

/** The long form, which looks at times, is `npm run faults`. */
async function once(fault: (typeof faults)[number]) {
  const { bench } = testBench({ rounds: 1, seconds: 1, viewers: [1] });
  return await measureFault(fault, { ...bench, runs: 1, short: true });
}

describe.skipIf(!natsServerPath)('in a cluster of processes', () => {
  it('viewers of a node that is killed play again, and those of others notice nothing', async () => {
    const { failures, observed } = await once(edgeKilled);
    expect(failures).toEqual([]);
    expect(observed.gap).toHaveLength(10);
    expect(observed.others).toHaveLength(5);
    expect(observed.otherJoins).toEqual([0, 0, 0, 0, 0]);
  }, 150_000);

  it('viewers below a node that is killed play again without joining again', async () => {
    const { failures, observed } = await once(innerEdgeKilled);
    expect(failures).toEqual([]);
    expect(observed.rejoins).toEqual([0, 0, 0, 0, 0, 0]);
  }, 150_000);
});

it('FAULTS.md shows what is kept of the last measurement; `npm run docs` brings it up to date', () => {
  const { stands, should } = faultsDocument(import.meta.dirname, faults);
  expect(stands).toBe(should);
});
