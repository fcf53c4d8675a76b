import { describe, expect, it } from 'vitest';
import { clockTicks, isRtcp, msSince, SequenceCounter } from './rtp.ts';

function counted(...sequenceNumbers: number[]) {
  const counter = new SequenceCounter();
  for (const number of sequenceNumbers) counter.count(number);
  return counter.take();
}

describe('a sequence of packets', () => {
  it('is counted, and what is missing in it', () => {
    expect(counted(7, 8, 9)).toEqual({ received: 3, lost: 0 });
    expect(counted(7, 9, 12)).toEqual({ received: 3, lost: 3 });
  });

  it('goes on after 65,535', () => {
    expect(counted(65_534, 65_535, 0, 2)).toEqual({ received: 4, lost: 1 });
  });

  it('may come in another order', () => {
    expect(counted(1, 3, 2, 4)).toEqual({ received: 4, lost: 0 });
  });

  it('is counted from where it was asked for the last time', () => {
    const counter = new SequenceCounter();
    for (const number of [1, 2, 4]) counter.count(number);
    expect(counter.take()).toEqual({ received: 3, lost: 1 });
    for (const number of [5, 6]) counter.count(number);
    expect(counter.take()).toEqual({ received: 2, lost: 0 });
    expect(counter.take()).toEqual({ received: 0, lost: 0 });
  });
});

it('tells RTCP from RTP', () => {
  expect(isRtcp(Buffer.from([0x80, 200]))).toBe(true);
  expect(isRtcp(Buffer.from([0x80, 96]))).toBe(false);
  expect(isRtcp(Buffer.from([0x80, 0x80 | 111]))).toBe(false);
});

it('tells how old a picture is by its timestamp', () => {
  const ticks = clockTicks();
  expect(msSince((ticks - 9_000 + 2 ** 32) % 2 ** 32)).toBeGreaterThanOrEqual(100);
  // One that comes from ahead is not taken for one that is half a day old.
  expect(msSince((ticks + 9_000_000) % 2 ** 32)).toBeLessThan(0);
});
