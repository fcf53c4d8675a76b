import { describe, expect, it } from 'vitest';
import { type Burst, NO_WORK, predictDelay, sumOfWork, workOf } from './predicted-delay.ts';

/** Video of five packets a picture: 150 packets a second. */
const video = (viewers: number): Burst => ({ viewers, packets: 5, perSecond: 30 });

describe('the predicted delay of the last viewer', () => {
  it.each([
    [0, 0],
    [1, 0.03],
    [67, 2],
    [100, 3],
    [300, 9],
    [600, 18],
  ])('of %i viewers at 150 packets a second is about %f ms', (viewers, delay) => {
    expect(predictDelay([video(viewers)], NO_WORK, 0)).toBeCloseTo(delay, 1);
  });

  it('grows with the packets of a picture', () => {
    expect(predictDelay([{ ...video(100), packets: 20 }], NO_WORK, 0)).toBeCloseTo(12, 1);
  });

  it('is that of the slowest burst, and waits for the others of its relay', () => {
    const sound: Burst = { viewers: 300, packets: 1, perSecond: 50 };
    const both = predictDelay([sound, video(300)], NO_WORK, 0);
    expect(both).toBeGreaterThan(9);
    expect(both).toBeLessThan(9.3);
  });

  it('counts bursts of others by how often they are in the way, and not by what they would be at worst', () => {
    const beside = workOf(video(300));
    const beside300 = predictDelay([video(1)], beside, 0);
    expect(beside300).toBeGreaterThan(1);
    expect(beside300).toBeLessThan(2);
    const small = sumOfWork(Array.from({ length: 60 }, () => workOf(video(5))));
    expect(small.share).toBeCloseTo(beside.share);
    expect(predictDelay([video(1)], small, 0)).toBeLessThan(0.1);
  });

  it('grows as its worker has less time left, whether that was measured or worked out', () => {
    const others = workOf(video(300));
    const quiet = predictDelay([video(1)], others, 0);
    expect(predictDelay([video(1)], others, 0.1)).toBe(quiet);
    expect(predictDelay([video(1)], others, 0.9)).toBeGreaterThan(5 * quiet);
  });

  it('stays a number on a worker that does not keep up', () => {
    expect(predictDelay([video(2_000)], workOf(video(2_000)), 1)).toBeLessThan(Number.POSITIVE_INFINITY);
  });
});

describe('the work of a burst', () => {
  it('is the share of a core that sending it takes', () => {
    expect(workOf(video(300)).share).toBeCloseTo(0.27);
  });
});
