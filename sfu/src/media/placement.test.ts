import { describe, expect, it } from 'vitest';
import { placeViewer, type WorkerLoad } from './placement.ts';

const idle: WorkerLoad = { utilisation: 0.01, placedSinceSample: 0, viewers: 0, servesRelay: false };

describe('placing a viewer', () => {
  it('takes the least loaded worker', () => {
    expect(
      placeViewer([
        { ...idle, utilisation: 0.6 },
        { ...idle, utilisation: 0.2, viewers: 50 },
      ]),
    ).toBe(1);
  });

  it('spreads equal loads by the number of viewers', () => {
    expect(placeViewer([{ ...idle, viewers: 1, servesRelay: true }, idle])).toBe(1);
  });

  it('saves a pipe when nothing else decides', () => {
    expect(placeViewer([idle, { ...idle, servesRelay: true }])).toBe(1);
  });

  it('counts viewers that the measurement has not seen yet', () => {
    expect(
      placeViewer([
        { ...idle, placedSinceSample: 40, viewers: 40 },
        { ...idle, viewers: 90 },
      ]),
    ).toBe(1);
  });

  it('ignores differences smaller than the measurement is exact', () => {
    expect(
      placeViewer([
        { ...idle, utilisation: 0.02 },
        { ...idle, utilisation: 0.01, viewers: 1 },
      ]),
    ).toBe(0);
  });

  it('finds none when every worker is full', () => {
    expect(
      placeViewer([
        { ...idle, utilisation: 0.97 },
        { ...idle, utilisation: 0.99 },
      ]),
    ).toBeUndefined();
  });
});
