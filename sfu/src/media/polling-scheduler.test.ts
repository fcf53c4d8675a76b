import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { PollingScheduler } from './polling-scheduler.ts';

const EVERY_MS = 1_000;
let scheduler: PollingScheduler;

beforeEach(() => {
  vi.useFakeTimers();
  onTestFinished(() => {
    vi.useRealTimers();
  });
  scheduler = new PollingScheduler(EVERY_MS);
});

it('polls each of many once a round, and wakes up for few groups of them', () => {
  const polls = Array.from({ length: 50 }, () => 0);
  const leaves = polls.map((_, index) =>
    scheduler.join(() => {
      polls[index] = (polls[index] ?? 0) + 1;
    }),
  );
  expect(vi.getTimerCount()).toBe(3);
  vi.advanceTimersByTime(2 * EVERY_MS);
  expect(polls).toEqual(polls.map(() => 2));
  for (const leave of leaves) leave();
  expect(vi.getTimerCount()).toBe(0);
});

it('gives the slot of one that has left to the next', () => {
  const leaves = Array.from({ length: 20 }, () => scheduler.join(() => undefined));
  leaves[3]?.();
  leaves[3]?.();
  leaves.push(scheduler.join(() => undefined));
  expect(vi.getTimerCount()).toBe(1);
  leaves.push(scheduler.join(() => undefined));
  expect(vi.getTimerCount()).toBe(2);
  for (const leave of leaves) leave();
  expect(vi.getTimerCount()).toBe(0);
});

it('polls nothing that has left', () => {
  const other = vi.fn();
  const left = vi.fn();
  scheduler.join(other);
  scheduler.join(left)();
  vi.advanceTimersByTime(3 * EVERY_MS);
  expect([other.mock.calls.length, left.mock.calls.length]).toEqual([3, 0]);
});
