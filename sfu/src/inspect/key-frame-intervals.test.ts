import { beforeEach, describe, expect, it } from 'vitest';
import { KeyFrameIntervals } from './key-frame-intervals.ts';

let intervals: KeyFrameIntervals;
beforeEach(() => {
  intervals = new KeyFrameIntervals();
});

describe('intervals', () => {
  it('have a median and a longest', () => {
    for (const at of [0, 2_000, 4_000, 9_000, 11_000]) intervals.keyFrame(at, at);
    expect(intervals.figures).toMatchObject({ usualMs: 2_000, longestMs: 5_000 });
  });

  it('count the one that is not over, up to the last packet', () => {
    intervals.keyFrame(0, 0);
    intervals.mediaSeen(12_000);
    expect(intervals.figures).toMatchObject({ usualMs: undefined, longestMs: 12_000 });
  });

  it('count the time from the first packet, when that was no key frame', () => {
    intervals.mediaSeen(1_000);
    intervals.mediaSeen(16_000);
    expect(intervals.figures.longestMs).toBe(15_000);
    intervals.keyFrame(17_000, 1);
    expect(intervals.figures).toMatchObject({ usualMs: undefined, longestMs: 0 });
  });

  it('do not count time without media', () => {
    intervals.keyFrame(0, 0);
    intervals.mediaSeen(1_000);
    intervals.stalled();
    intervals.mediaSeen(60_000);
    intervals.keyFrame(60_500, 1);
    expect(intervals.figures).toMatchObject({ usualMs: undefined, longestMs: 0 });
  });

  it('take several packets of one key frame as one', () => {
    intervals.keyFrame(0, 7);
    intervals.keyFrame(5, 7);
    expect(intervals.figures.usualMs).toBeUndefined();
  });

  it('forget what is long past', () => {
    intervals.keyFrame(0, 0);
    for (let at = 30_000; at < 130_000; at += 2_000) intervals.keyFrame(at, at);
    expect(intervals.figures.longestMs).toBe(2_000);
  });
});

describe('requests', () => {
  it('are answered by a key frame that comes soon', () => {
    intervals.keyFrameAsked(0);
    intervals.keyFrameAsked(500);
    expect(intervals.figures).toMatchObject({ asked: 0, answered: 0 });
    intervals.keyFrame(1_000, 1);
    expect(intervals.figures).toMatchObject({ asked: 1, answered: 1 });
  });

  it('are in vain when it comes late or never', () => {
    intervals.keyFrameAsked(0);
    intervals.keyFrame(9_000, 1);
    intervals.keyFrameAsked(10_000);
    intervals.mediaSeen(15_000);
    expect(intervals.figures).toMatchObject({ asked: 2, answered: 0 });
  });

  it('are forgotten with the media', () => {
    intervals.keyFrameAsked(0);
    intervals.stalled();
    intervals.mediaSeen(9_000);
    expect(intervals.figures.asked).toBe(0);
  });
});
