import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { expect, it, onTestFinished } from 'vitest';
import { followsConnections, remarksOnMachine } from './remarks.ts';

it('remarks on a machine that has other work to do', async () => {
  for (let core = 0; core < availableParallelism(); core += 1) {
    const busy = new Worker('for (;;);', { eval: true });
    onTestFinished(() => busy.terminate().then(() => undefined));
  }
  const [remark] = await remarksOnMachine();
  expect(remark).toMatch(/^The machine was not idle: \d+ % of all cores/);
});

it('finds out that the kernel follows connections by whether it counts new ones', async () => {
  const counting = (...counts: (number | undefined)[]) => followsConnections(() => counts.shift());
  expect(await counting(2_000, 2_030)).toBe(true);
  expect(await counting(2_000, 2_003)).toBe(false);
  expect(await counting(2_000, 1_990)).toBe(false);
  expect(await counting(undefined)).toBe(false);
});
