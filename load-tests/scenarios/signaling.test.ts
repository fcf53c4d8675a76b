import { expect, test } from 'vitest';
import { testBench } from '../lib/testing/test-bench.ts';
import { signaling } from './signaling.ts';

test('a small run measures joining, asking and waiting', { timeout: 60_000 }, async () => {
  const { bench, discarded } = testBench({ rounds: 1, seconds: 1, viewers: [40, 20] });

  const { figures, charts, rounds, options } = await signaling.run(bench);

  expect(options).toMatchObject({ rounds: 1, seconds: 1, viewers: [20, 40] });
  expect(discarded).toEqual([]);
  expect(rounds).toHaveLength(1);
  expect(rounds[0]).toMatchObject({
    join: { count: 20 },
    idle: [{ viewers: 0 }, { viewers: 20 }, { viewers: 40 }],
  });
  expect(figures.map(({ id }) => id)).toEqual([
    'signaling.joins-per-cpu-second',
    'signaling.joins-per-second',
    'signaling.join-p50',
    'signaling.join-p95',
    'signaling.requests-per-cpu-second',
    'signaling.requests-per-second',
    'signaling.request-p95',
    'signaling.memory-per-idle-viewer',
    'signaling.cpu-per-1000-idle',
  ]);
  for (const { median } of figures) expect(median).toEqual(expect.any(Number));
  expect(charts.map(({ name, series }) => [name, series[0]?.points.length])).toEqual([
    ['idle-memory', 3],
    ['idle-cpu', 3],
  ]);
});
