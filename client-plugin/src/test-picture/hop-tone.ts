/**
 * A sound of which a listener can tell afterwards whether it was ever silent, ever there twice, and how far
 * it jumped. It hops through eight tones, and the order in which it does so has every two different tones
 * after each other exactly once: whoever hears one hop knows the place in the whole cycle.
 *
 * A plain tone would not do. Two copies of it add up to one tone, or to nothing. Two copies of this one are
 * on different tones nearly always, and on the same one never for longer than one slot.
 */

/** How long each tone sounds, in milliseconds. */
export const SLOT_MS = 20;

/** Tones of one participant. */
export const TONES_PER_BAND = 8;

/** One participant sounds in each; together they stay below what speech codecs cut off. */
export const BANDS = 6;

/** Full scale is 1. All of them but one, which is what anybody hears, do not clip. */
export const HOP_AMPLITUDE = 0.18;

/**
 * A slot holds a whole number of periods of every tone, so the sound has no jump in it anywhere, and a window
 * of 10 ms tells any two tones apart without leaking one into the other.
 */
const SPACING_HZ = 100;
const BAND_HZ = 1_000;
const LOWEST_HZ = 500;

/** Of the ways to walk that `eachPairOnce` finds, the one in which delayed copies coincide the least. */
const STEPS = [1, 2, 6, 3, 4, 7, 5];

/** The tones in the order in which they sound, by their number in the band. */
export const HOPS: readonly number[] = eachPairOnce(STEPS);

/** How long it takes until the sound repeats itself, in milliseconds. */
export const CYCLE_MS = HOPS.length * SLOT_MS;

/** The frequencies of a band's tones in Hz, lowest first. */
export function bandFrequencies(band: number): number[] {
  return Array.from({ length: TONES_PER_BAND }, (_, tone) => LOWEST_HZ + band * BAND_HZ + tone * SPACING_HZ);
}

/** One cycle, to be played in a loop. @param sampleRate in Hz, a multiple of 50 */
export function hopTone(band: number, sampleRate: number): Float32Array<ArrayBuffer> {
  const frequencies = bandFrequencies(band);
  const slot = (sampleRate * SLOT_MS) / 1_000;
  return Float32Array.from({ length: slot * HOPS.length }, (_, at) => {
    const frequency = frequencies[HOPS[Math.floor(at / slot)] ?? 0] ?? 0;
    return HOP_AMPLITUDE * Math.sin((2 * Math.PI * frequency * at) / sampleRate);
  });
}

/** Walks once along every way from one tone to another one, by Hierholzer's algorithm, and ends where it began. */
function eachPairOnce(steps: readonly number[]): number[] {
  const ways = Array.from({ length: TONES_PER_BAND }, (_, from) =>
    steps.map((step) => (from + step) % TONES_PER_BAND),
  );
  const walk = [0];
  const circuit: number[] = [];
  for (let at = walk.at(-1); at !== undefined; at = walk.at(-1)) {
    const next = ways[at]?.pop();
    if (next === undefined) circuit.push(walk.pop() ?? 0);
    else walk.push(next);
  }
  return circuit.reverse().slice(0, -1);
}
