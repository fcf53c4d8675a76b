import { expect, test } from 'vitest';
import { testBench } from '../lib/testing/test-bench.ts';
import { churn } from './churn.ts';

// Those who vanish are missed after about a minute, by the server's own deadlines.
test('a small run sees everybody come and go', { timeout: 300_000 }, async () => {
  const { bench, discarded } = testBench({ rounds: 1, seconds: 15, viewers: [6] });

  const { figures, charts, rounds, options } = await churn.run(bench);

  expect(options).toEqual({ rounds: 1, seconds: 15, viewers: 6 });
  expect(discarded).toEqual([]);
  const [round] = rounds as [{ joined: number; vanished: number; failures: string[]; course: unknown[] }];
  expect(round.failures).toEqual([]);
  expect(round.joined).toBeGreaterThanOrEqual(7);
  expect(round.vanished).toBeGreaterThan(0);
  const byId = new Map(figures.map(({ id, median, aim }) => [id, { median, aim }]));
  expect([...byId.keys()]).toEqual([
    'churn.memory',
    'churn.transports',
    'churn.descriptors',
    'churn.routers',
    'churn.viewers',
    'churn.lets-go-within',
    'churn.failures',
  ]);
  expect(byId.get('churn.memory')?.median).toEqual(expect.any(Number));
  expect(byId.get('churn.transports')).toEqual({ median: 0, aim: { is: 'at most', value: 0 } });
  expect(byId.get('churn.viewers')?.median).toBe(0);
  expect(charts.map(({ name, series }) => [name, series.map(({ points }) => points.length > 5)])).toEqual([
    ['course', [true, true, true]],
  ]);
});
