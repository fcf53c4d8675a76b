import { describe, expect, test } from 'vitest';
import { hearHops, type Stretch } from './hop-hearing.ts';
import { BANDS, CYCLE_MS, HOP_AMPLITUDE, HOPS, hopTone, SLOT_MS } from './hop-tone.ts';
import type { Recording } from './tone-levels.ts';

const sampleRate = 44_100;
const samplesIn = (ms: number) => Math.round((ms * sampleRate) / 1_000);

/** How loud a copy is, from 0 to 1, at a moment in milliseconds. */
type Level = (ms: number) => number;

/** A recording in which a participant is heard, late by so much. */
function heard(lengthMs: number, band = 0, lateMs = 0, level: Level = () => 1): Recording {
  const cycle = hopTone(band, sampleRate);
  const late = samplesIn(lateMs);
  const samples = Float32Array.from({ length: samplesIn(lengthMs) }, (_, at) => {
    const place = (((at - late) % cycle.length) + cycle.length) % cycle.length;
    return (cycle[place] ?? 0) * level((at * 1_000) / sampleRate);
  });
  return { samples, sampleRate };
}

function mix(...recordings: Recording[]): Recording {
  const length = Math.max(...recordings.map(({ samples }) => samples.length));
  const samples = Float32Array.from({ length }, (_, at) =>
    recordings.reduce((sum, { samples }) => sum + (samples[at] ?? 0), 0),
  );
  return { samples, sampleRate };
}

/** White noise that is the same at every run. */
function noise(lengthMs: number, amplitude: number): Recording {
  let seed = 1;
  const samples = Float32Array.from({ length: samplesIn(lengthMs) }, () => {
    seed = (seed * 48_271) % 0x7fffffff;
    return amplitude * ((2 * seed) / 0x7fffffff - 1);
  });
  return { samples, sampleRate };
}

const within =
  (fromMs: number, toMs: number): Level =>
  (ms) =>
    ms >= fromMs && ms < toMs ? 1 : 0;
const except =
  (fromMs: number, toMs: number): Level =>
  (ms) =>
    ms >= fromMs && ms < toMs ? 0 : 1;

function expectStretch(stretches: Stretch[], fromMs: number, ms: number, tolerance = 10): void {
  expect(stretches).toHaveLength(1);
  expect(Math.abs((stretches[0]?.ms ?? 0) - ms)).toBeLessThanOrEqual(tolerance);
  expect(Math.abs((stretches[0]?.fromMs ?? 0) - fromMs)).toBeLessThanOrEqual(tolerance);
}

/** Everybody else at once, as loud as they are sent. */
const others = (lengthMs: number) =>
  mix(...Array.from({ length: BANDS - 1 }, (_, index) => heard(lengthMs, index + 1, 37 * index)));

test('every two different tones follow each other once in a cycle', () => {
  const pairs = new Set(HOPS.map((tone, index) => `${HOPS.at(index - 1)} ${tone}`));
  expect(pairs.size).toBe(56);
  expect(HOPS).toHaveLength(56);
  expect(HOPS.some((tone, index) => tone === HOPS.at(index - 1))).toBe(false);
});

test('a delayed copy is on the same tone for less than a fifth of the time', () => {
  for (let delay = 1; delay < HOPS.length; delay += 1) {
    const same = HOPS.filter((tone, index) => tone === HOPS.at(index - delay)).length;
    expect(same).toBeLessThan(HOPS.length / 5);
  }
});

test('the sound has no jump in it, not even where it begins again', () => {
  const cycle = hopTone(4, 48_000);
  const steepest = (2 * Math.PI * 5_200 * HOP_AMPLITUDE) / 48_000;
  const steps = cycle.map((sample, at) => Math.abs(sample - (cycle.at(at - 1) ?? 0)));
  expect(Math.max(...steps)).toBeLessThanOrEqual(steepest);
});

describe('a participant who is heard all the time', () => {
  const clean = { present: true, silences: [], doublings: [], held: [], shiftMs: 0 };

  test.each([0, 1, 2, 3, 4])('in band %i', (band) => {
    expect(hearHops(heard(3_000, band, 123), band)).toMatchObject(clean);
  });

  test('at 48 kHz', () => {
    const cycle = hopTone(2, 48_000);
    const samples = new Float32Array(cycle.length * 2);
    samples.set(cycle);
    samples.set(cycle, cycle.length);
    expect(hearHops({ samples, sampleRate: 48_000 }, 2)).toMatchObject(clean);
  });

  test('among everybody else', () => {
    expect(hearHops(mix(heard(3_000), others(3_000)), 0)).toMatchObject(clean);
  });

  test('6 dB below everybody else', () => {
    expect(
      hearHops(
        mix(
          heard(3_000, 0, 0, () => 0.5),
          others(3_000),
        ),
        0,
      ),
    ).toMatchObject(clean);
  });

  test('in noise 10 dB below them', () => {
    const { silences, doublings, shiftMs } = hearHops(mix(heard(3_000), noise(3_000, 0.07)), 0);
    expect({ silences, doublings }).toEqual({ silences: [], doublings: [] });
    expect(Math.abs(shiftMs ?? 99)).toBeLessThan(3);
  });
});

test('noise and others alone are nobody', () => {
  expect(hearHops(noise(2_000, 0.05), 0).present).toBe(false);
  expect(hearHops(others(2_000), 0).present).toBe(false);
  expect(hearHops({ samples: new Float32Array(0), sampleRate }, 0).present).toBe(false);
});

test.each([20, 40, 60, 100, 500])('a cut of %i ms is found as such', (ms) => {
  const { silences, doublings, shiftMs } = hearHops(
    mix(heard(3_000, 0, 0, except(1_003, 1_003 + ms)), others(3_000)),
    0,
  );
  expectStretch(silences, 1_003, ms);
  expect(doublings).toEqual([]);
  expect(shiftMs).toBe(0);
});

test('each of several cuts is found', () => {
  const twice: Level = (ms) => except(1_000, 1_050)(ms) * except(1_500, 1_530)(ms);
  expect(hearHops(heard(3_000, 0, 0, twice), 0).silences).toHaveLength(2);
});

describe('two copies at once are found as such', () => {
  for (const apartMs of [10, 25, 50, 80, 150, 160, 300]) {
    test.each([30, 100, 400])(`${apartMs} ms apart, for %i ms`, (ms) => {
      const both = mix(heard(3_000), heard(3_000, 0, apartMs, within(1_207, 1_207 + ms)), others(3_000));
      const { silences, doublings, shiftMs } = hearHops(both, 0);
      // Copies that begin or end on the same tone are two only when they part.
      expectStretch(doublings, 1_207, ms, 25);
      expect(silences).toEqual([]);
      expect(shiftMs).toBe(0);
    });
  }

  test('when one of them is 6 dB quieter', () => {
    const both = mix(
      heard(3_000),
      heard(3_000, 0, 50, (ms) => 0.5 * within(1_207, 1_307)(ms)),
    );
    expectStretch(hearHops(both, 0).doublings, 1_207, 100, 30);
  });
});

test('moments in which two copies cancel each other belong to the doubling, wherever in the cycle it is', () => {
  for (let slot = 0; slot < HOPS.length; slot += 1) {
    const fromMs = 120 + slot * SLOT_MS;
    // Half a period of some of the tones, at whole ones of others.
    const both = mix(heard(1_600), heard(1_600, 0, 81, within(fromMs, fromMs + 200)));
    const { silences, doublings } = hearHops(both, 0);
    expect(doublings).toHaveLength(1);
    expect(doublings[0]?.ms).toBeGreaterThanOrEqual(140);
    expect(doublings[0]?.ms).toBeLessThanOrEqual(215);
    // What lies at an end cannot be told from a silence there.
    const inside = silences.filter(({ fromMs: at }) => at > fromMs + 30 && at < fromMs + 170);
    expect(inside).toEqual([]);
  }
});

describe('a jump without silence', () => {
  test.each([-300, -80, -50, 50, 80, 150, 300])('of %i ms is told as a shift', (jumpMs) => {
    const jump = mix(
      heard(3_000, 0, 400, within(0, 1_500)),
      heard(3_000, 0, 400 + jumpMs, within(1_500, 3_000)),
    );
    const { silences, doublings, shiftMs } = hearHops(jump, 0);
    expect(Math.abs((shiftMs ?? 0) - jumpMs)).toBeLessThanOrEqual(3);
    expect({ silences, doublings }).toEqual({ silences: [], doublings: [] });
  });
});

test('a tone that stands still is told as held', () => {
  const { samples } = heard(3_000);
  const slot = samplesIn(20);
  const held = new Float32Array(samples.length + 3 * slot);
  held.set(samples.subarray(0, 50 * slot));
  for (let again = 0; again < 4; again += 1)
    held.set(samples.subarray(50 * slot, 51 * slot), (50 + again) * slot);
  held.set(samples.subarray(51 * slot), 54 * slot);
  const found = hearHops({ samples: held, sampleRate }, 0);
  expectStretch(found.held, 1_000, 60);
  expect(found.shiftMs).toBe(60);
});

test('how late the sound is repeats itself after a cycle', () => {
  expect(CYCLE_MS).toBe(1_120);
});
