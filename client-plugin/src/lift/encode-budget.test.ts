import { expect, test } from 'vitest';
import type { Effort } from './auto-rule.ts';
import { mustEncodeOnce } from './encode-budget.ts';

const effort: Effort = {
  mode: 'mesh',
  receivers: 2,
  sentBps: 2_000_000,
  availableBps: 10_000_000,
  copyBps: 1_000_000,
  encodeShare: 0.2,
  limitedBy: 'none',
};

test('a page with time left encodes for both paths', () => {
  expect(mustEncodeOnce(effort, 'sfu', 2)).toBe(false);
  expect(mustEncodeOnce({ ...effort, mode: 'sfu' }, 'mesh', 2)).toBe(false);
});

test('a page whose browser gives up size or frames for want of time does not', () => {
  expect(mustEncodeOnce({ ...effort, limitedBy: 'cpu' }, 'sfu', 2)).toBe(true);
});

test('nor does one whose encoders are busy for much of its cores', () => {
  expect(mustEncodeOnce({ ...effort, encodeShare: 0.85 }, 'sfu', 2)).toBe(true);
  expect(mustEncodeOnce({ ...effort, encodeShare: 0.85 }, 'sfu', 8)).toBe(false);
});

test('on the way to the mesh a copy for each of the others counts', () => {
  const relayed: Effort = { ...effort, mode: 'sfu', encodeShare: 0.35 };
  expect(mustEncodeOnce(relayed, 'mesh', 2)).toBe(true);
  expect(mustEncodeOnce({ ...relayed, receivers: 1 }, 'mesh', 2)).toBe(false);
});

test('a page that encodes nothing has nothing to save', () => {
  expect(mustEncodeOnce({ ...effort, encodeShare: 0, limitedBy: 'cpu' }, 'sfu', 2)).toBe(false);
});
