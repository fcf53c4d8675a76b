import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LossLadder } from './loss-ladder.ts';

let chosen: number[];
let ladder: LossLadder;

beforeEach(() => {
  vi.useFakeTimers();
  chosen = [];
  ladder = new LossLadder(2, (layer) => chosen.push(layer));
});

afterEach(() => {
  ladder.close();
  vi.useRealTimers();
});

/** Lets time pass in which the viewer reports once a second. */
function reports(loss: number, seconds: number): void {
  for (let second = 0; second < seconds; second += 1) {
    vi.advanceTimersByTime(1_000);
    ladder.report(loss);
  }
}

describe('a ladder of layers', () => {
  it('begins at the largest, and stays there while packets arrive', () => {
    reports(0, 300);
    reports(0.05, 300);
    expect(ladder.layer).toBe(2);
    expect(chosen).toEqual([]);
  });

  it('goes down at once when they do not, one layer at a time, as far as the smallest', () => {
    ladder.report(0.4);
    expect(chosen).toEqual([1]);
    reports(0.4, 2);
    expect(chosen).toEqual([1]);
    reports(0.4, 10);
    expect(chosen).toEqual([1, 0]);
  });

  it('tries the next larger one when all has arrived for ten seconds, and goes on up', () => {
    ladder.report(0.4);
    ladder.report(0);
    reports(0, 9);
    expect(chosen).toEqual([1]);
    reports(0, 1);
    expect(chosen).toEqual([1, 2]);
    reports(0, 600);
    expect(chosen).toEqual([1, 2]);
  });

  it('tries less and less often what fails again and again', () => {
    const tries: number[] = [];
    ladder.report(0.4);
    for (let second = 1; second <= 300; second += 1) {
      vi.advanceTimersByTime(1_000);
      if (ladder.layer === 2 && tries.at(-1) !== second) tries.push(second);
      ladder.report(ladder.layer === 2 ? 0.4 : 0);
    }
    const begun = tries.filter((second, index) => tries[index - 1] !== second - 1);
    const waits = begun.map((second, index) => second - (begun[index - 1] ?? 0));
    expect(waits[0]).toBe(10);
    expect(waits[1]).toBeGreaterThan(20);
    expect(waits[2]).toBeGreaterThan(40);
    expect(begun.length).toBeLessThanOrEqual(5);
  });

  it('is patient no longer than before once a layer has held', () => {
    ladder.report(0.4);
    reports(0, 10);
    reports(0.4, 4);
    expect(ladder.layer).toBe(1);
    reports(0, 20 + 31);
    expect(ladder.layer).toBe(2);
    reports(0.4, 1);
    reports(0, 11);
    expect(ladder.layer).toBe(2);
  });

  it('waits for the end of the trouble before it climbs', () => {
    ladder.report(0.4);
    reports(0.2, 60);
    expect(ladder.layer).toBe(0);
    reports(0, 9);
    expect(ladder.layer).toBe(0);
    reports(0, 2);
    expect(ladder.layer).toBe(1);
  });
});
