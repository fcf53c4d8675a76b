import { beforeEach, describe, expect, it } from 'vitest';
import { DecodingWatch, type ViewerCounts } from './decoding-watch.ts';

const EVERY_S = 8;

let watch: DecodingWatch;
let now: number;
let counts: Map<string, ViewerCounts>;

beforeEach(() => {
  watch = new DecodingWatch();
  now = 0;
  counts = new Map();
});

/** Time goes by until the next look: each viewer named has sent so many requests in it. */
function pass(requests: Record<string, number>, { packets = 1_200, lost = 0 } = {}): void {
  now += EVERY_S * 1_000;
  for (const [id, more] of Object.entries(requests)) {
    const { keyFrameRequests = 0, packets: before = 0, lost: lostBefore = 0 } = counts.get(id) ?? {};
    counts.set(id, {
      id,
      keyFrameRequests: keyFrameRequests + more,
      packets: before + packets,
      lost: lostBefore + lost,
    });
  }
  watch.sample(
    now,
    [...counts.values()].filter(({ id }) => id in requests),
  );
}

describe('viewers that keep asking for key frames', () => {
  it('cannot decode: found at the second look in a row, and over at the second one without', () => {
    pass({ one: 1 });
    pass({ one: 32 });
    expect(watch.trouble).toBeUndefined();
    pass({ one: 32 });
    expect(watch.trouble).toEqual({ requestsPerMinute: 240 });
    pass({ one: 0 });
    expect(watch.trouble).toBeDefined();
    pass({ one: 0 });
    expect(watch.trouble).toBeUndefined();
  });

  it('say nothing when they change their minds from look to look', () => {
    pass({ one: 1 });
    for (let look = 0; look < 6; look += 1) {
      pass({ one: look % 2 ? 32 : 0 });
      expect(watch.trouble).toBeUndefined();
    }
  });

  it('do not count where packets are lost, nor while they wait for a first key frame', () => {
    pass({ one: 1 });
    for (let look = 0; look < 3; look += 1) pass({ one: 16 }, { lost: 100 });
    expect(watch.trouble).toBeUndefined();
    for (let look = 0; look < 4; look += 1) pass({ two: 40 }, { packets: 0 });
    expect(watch.trouble).toBeUndefined();
  });

  it('are outvoted by those that can decode', () => {
    for (let look = 0; look < 4; look += 1) pass({ one: 32, two: 0, three: 0 });
    expect(watch.trouble).toBeUndefined();
  });
});

it('is not found in a storm of viewers, each of whom asks when it comes', () => {
  for (let look = 0; look < 6; look += 1) {
    const here = Array.from({ length: (look + 1) * 50 }, (_, viewer) => [
      `viewer-${viewer}`,
      viewer >= look * 50 ? 6 : 0,
    ]);
    pass(Object.fromEntries(here));
    expect(watch.trouble).toBeUndefined();
  }
});

it('stays as it was while nobody watches', () => {
  for (let look = 0; look < 3; look += 1) pass({ one: 32 });
  for (let look = 0; look < 3; look += 1) pass({});
  expect(watch.trouble).toBeDefined();
});
