import { describe, expect, it } from 'vitest';
import { placeOrigin, placeViewer, type ViewerPlace } from './placement.ts';
import { type Burst, NO_WORK, predictDelay, sumOfWork, type Work, workOf } from './predicted-delay.ts';

const idle: ViewerPlace = {
  utilisation: 0.01,
  lasting: 0.01,
  predictedShare: 0,
  sessions: 0,
  delayMs: 0.03,
  servesRelay: false,
};
const serving: ViewerPlace = { ...idle, servesRelay: true };

describe('placing an origin', () => {
  it('takes the least loaded worker, be that measured or worked out', () => {
    expect(
      placeOrigin([
        { ...idle, utilisation: 0.6 },
        { ...idle, utilisation: 0.2, sessions: 50 },
      ]),
    ).toBe(1);
    expect(placeOrigin([{ ...idle, predictedShare: 0.6 }, idle])).toBe(1);
  });

  it('takes the one with fewest viewers and origins where loads differ by less than the measurement is exact', () => {
    const [used, unused] = [
      { ...idle, utilisation: 0.01, sessions: 1 },
      { ...idle, utilisation: 0.02 },
    ];
    expect(placeOrigin([used, unused])).toBe(1);
  });

  it('finds none when every worker is full', () => {
    expect(
      placeOrigin([
        { ...idle, utilisation: 0.97, lasting: 0.96 },
        { ...idle, utilisation: 0.99, lasting: 0.97 },
      ]),
    ).toBeUndefined();
  });
});

describe('placing a viewer', () => {
  it('stays on a worker that serves the relay while its last viewer waits 2 ms at most', () => {
    expect(placeViewer([idle, { ...serving, delayMs: 2, sessions: 60 }])).toBe(1);
    expect(placeViewer([idle, { ...serving, delayMs: 2.1, sessions: 70 }])).toBe(0);
  });

  it('goes where it waits least when it would wait long where the relay is', () => {
    const [near, far] = [
      { ...serving, delayMs: 9 },
      { ...idle, delayMs: 3 },
    ];
    expect(placeViewer([near, far])).toBe(1);
    expect(placeViewer([near, { ...far, delayMs: 12 }])).toBe(0);
  });

  it('leaves a busy worker although nobody waits there yet', () => {
    expect(placeViewer([{ ...serving, utilisation: 0.8, delayMs: 1 }, idle])).toBe(1);
    expect(placeViewer([{ ...serving, predictedShare: 0.8, delayMs: 1 }, idle])).toBe(1);
  });

  it('takes the least loaded of those where it would wait as long', () => {
    expect(placeViewer([{ ...idle, utilisation: 0.3 }, idle])).toBe(1);
    expect(placeViewer([{ ...idle, sessions: 9 }, idle])).toBe(1);
    expect(placeViewer([idle, serving])).toBe(1);
  });

  it('finds none when every worker is full', () => {
    expect(placeViewer([{ ...serving, utilisation: 0.97, lasting: 0.96 }])).toBeUndefined();
  });

  it('sends nobody away for a wave of newcomers', () => {
    expect(placeViewer([{ ...serving, utilisation: 0.99, lasting: 0.4 }])).toBe(0);
  });
});

describe('an audience that comes one by one', () => {
  /** How many viewers each of some workers has in the end, the first of which has the origin. */
  function spread(workers: number, viewers: number, packets = 5, beside: Work[] = []): number[] {
    const counts = Array.from({ length: workers }, () => 0);
    for (let viewer = 0; viewer < viewers; viewer += 1) {
      const places = counts.map((count, index): ViewerPlace => {
        const burst: Burst = { viewers: count + 1, packets, perSecond: 30 };
        const others = beside[index] ?? NO_WORK;
        return {
          utilisation: 0,
          lasting: 0,
          predictedShare: sumOfWork([workOf(burst), others]).share,
          sessions: count,
          delayMs: predictDelay([burst], others, 0),
          servesRelay: index === 0 || count > 0,
        };
      });
      const chosen = placeViewer(places) ?? 0;
      counts[chosen] = (counts[chosen] ?? 0) + 1;
    }
    return counts;
  }

  it.each([
    [40, [40, 0, 0]],
    [66, [66, 0, 0]],
    [100, [66, 34, 0]],
    [198, [66, 66, 66]],
    [300, [100, 100, 100]],
    [900, [300, 300, 300]],
  ])('of %i viewers at 150 packets a second is spread as %j', (viewers, counts) => {
    expect(spread(3, viewers)).toEqual(counts);
  });

  it('spreads sooner the more packets a picture has', () => {
    expect(spread(3, 40, 20)).toEqual([16, 16, 8]);
  });

  it('keeps away from a worker whose bursts it would wait for', () => {
    const large = workOf({ viewers: 300, packets: 5, perSecond: 30 });
    const counts = spread(3, 300, 5, [NO_WORK, large, NO_WORK]);
    expect(counts[1]).toBeLessThan(counts[0] ?? 0);
    expect(counts.reduce((sum, count) => sum + count)).toBe(300);
  });
});
