import { expect, it } from 'vitest';
import { ratios, rotated } from './rounds.ts';
import { figure, fitLine, median, quantile } from './statistics.ts';

it('finds what so many values lie below', () => {
  expect(quantile([4, 1, 3, 2], 0)).toBe(1);
  expect(quantile([4, 1, 3, 2], 1)).toBe(4);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(quantile([10, 20], 0.95)).toBeCloseTo(19.5);
  expect(quantile([], 0.5)).toBeNaN();
});

it('fits a line', () => {
  const { slope, intercept } = fitLine([
    [0, 1],
    [10, 21],
    [20, 41],
  ]);
  expect(slope).toBeCloseTo(2);
  expect(intercept).toBeCloseTo(1);
});

it('says the median of the rounds with its range', () => {
  expect(figure({ id: 'x', title: 'X', unit: '' }, [3, 1, 2])).toMatchObject({
    median: 2,
    min: 1,
    max: 3,
    samples: 3,
  });
});

it('takes ratios within rounds, and leaves out those that lack one side', () => {
  const rounds = [{ a: 2, b: 1 }, { a: 3 }, { a: 9, b: 3 }];
  expect(
    ratios<{ a: number; b?: number }>(
      rounds,
      ({ a }) => a,
      ({ b }) => b,
    ),
  ).toEqual([2, 3]);
});

it('begins each round with another one', () => {
  expect([0, 1, 2, 3].map((round) => rotated(['a', 'b', 'c'], round).join(''))).toEqual([
    'abc',
    'bca',
    'cab',
    'abc',
  ]);
});
