import { expect, test } from 'vitest';
import { testBench } from '../lib/testing/test-bench.ts';
import { fanOut } from './fan-out.ts';

test('a small run brings every packet to every viewer, of both relays', { timeout: 120_000 }, async () => {
  const { bench } = testBench({ rounds: 1, seconds: 1, viewers: [4, 2] });

  const { figures, charts, rounds } = await fanOut.run(bench);

  const [round] = rounds as [Record<string, { viewers: number; packetsPerSecond: number; memory: number }[]>];
  for (const loads of Object.values(round)) {
    expect(loads.map(({ viewers }) => viewers)).toEqual([2, 4]);
    for (const { packetsPerSecond, memory } of loads) {
      expect(packetsPerSecond).toBeGreaterThan(0);
      expect(memory).toBeGreaterThan(10e6);
    }
  }
  expect(figures.map(({ id }) => id)).toEqual([
    'fan-out.packets-2',
    'fan-out.packets-4',
    'fan-out.cpu-2',
    'fan-out.cpu-4',
    'fan-out.loss',
    'fan-out.cores-per-100',
    'fan-out.slope',
    'fan-out.bend',
    'fan-out.memory-per-viewer',
    'fan-out.raw-memory-per-viewer',
  ]);
  expect(charts.map(({ name, series }) => [name, series.map(({ points }) => points.length)])).toEqual([
    ['cost', [2, 2]],
    ['packets', [2, 2]],
    ['memory', [2, 2]],
  ]);
});
