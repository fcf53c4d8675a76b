import { bandFrequencies, CYCLE_MS, HOP_AMPLITUDE, HOPS, SLOT_MS } from './hop-tone.ts';
import { type Recording, toneLevels } from './tone-levels.ts';

/** A part of a recording, in milliseconds after its begin. */
export interface Stretch {
  fromMs: number;
  ms: number;
}

/** What was heard of one participant. */
export interface Heard {
  /** Whether they were heard at all. If not, the rest says nothing. */
  present: boolean;
  /** When none of their tones sounded, but for moments within a doubling. */
  silences: Stretch[];
  /**
   * When two of their tones sounded at once: the same sound twice, one copy later than the other. Moments in
   * which both copies are on the same tone belong to it, also where they cancel each other. What is told is
   * shorter than the truth by up to 30 ms for each end that falls into such a moment.
   */
  doublings: Stretch[];
  /** Tones that stood still, with the time by which they outlasted their slot: what a jitter buffer makes up for what it lacks. */
  held: Stretch[];
  /**
   * How much later the sound was at the end than at the begin, in milliseconds, within half a cycle. Less than
   * nothing means that a part of it was skipped. Undefined where either end cannot be made out.
   */
  shiftMs: number | undefined;
  /** What was made of each step, for looking at: a tone's number, `-` for silence, `*` for two tones. */
  trace: string;
  stepMs: number;
}

/** Below this no participant is taken to be there: 20 dB quieter than they send. */
const LEAST_LEVEL = HOP_AMPLITUDE / 10;

/** Of a participant's usual level, 8 dB below it: less is silence, and a second tone with less is no copy. */
const CLEAR = 0.4;

/** Shorter silences are those of the codec between two tones. */
const LEAST_SILENCE_MS = 7.5;

/** From one tone to the next both sound for a moment, however few copies there are. */
const LEAST_DOUBLE_MS = 7.5;

/** Two copies are on the same tone for one slot at most, seen through a window of half a slot. */
const LONGEST_COINCIDENCE_MS = 30;

/** Codecs and jitter buffers bend the time by a few milliseconds; no tone is called held for that. */
const LEAST_HELD_MS = 10;

/** At each end of a recording, so much of it tells how late the sound is. */
const END_MS = 400;
/** Fewer hops at an end tell nothing. */
const LEAST_HOPS = 5;

const SILENT = -1;
const DOUBLE = -2;

/** Listens for the hop tone of one band, whatever else sounds. */
export function hearHops(recording: Recording, band: number): Heard {
  const { tones, stepMs, firstMs } = toneLevels(recording, bandFrequencies(band));
  const steps = tones[0]?.length ?? 0;
  const usual = usualLevel(tones, steps);
  const present = usual >= LEAST_LEVEL;
  const states = Array.from({ length: steps }, (_, step) => stateAt(tones, step, usual * CLEAR));
  const stretches = (runs: Run[]) =>
    runs.map(({ from, to }) => ({ fromMs: firstMs + from * stepMs, ms: (to - from) * stepMs }));
  const longest = LONGEST_COINCIDENCE_MS / stepMs;
  const silent = runsOf(states, (state) => state === SILENT);
  const double = joined(
    runsOf(states, (state) => state === DOUBLE).filter(longerThan(LEAST_DOUBLE_MS / stepMs)),
    silent.filter(longerThan(longest)),
    longest,
  );
  const cancelled = ({ from, to }: Run) => double.some((run) => run.from < from && to < run.to);
  return {
    present,
    silences: stretches(
      silent.filter(longerThan(LEAST_SILENCE_MS / stepMs)).filter((run) => !cancelled(run)),
    ),
    doublings: stretches(double),
    held: heldTones(states, stepMs, firstMs),
    shiftMs: present ? shift(hopsIn(states, stepMs, firstMs), steps * stepMs) : undefined,
    trace: states.map((state) => (state === SILENT ? '-' : state === DOUBLE ? '*' : String(state))).join(''),
    stepMs,
  };
}

/** Steps from the first one to the last but one. */
interface Run {
  from: number;
  to: number;
}

const longerThan = (steps: number) => (run: Run) => run.to - run.from > steps;

/** The middle of all levels that are not next to nothing, so that long silences do not count. */
function usualLevel(tones: readonly Float32Array[], steps: number): number {
  const levels = Float32Array.from({ length: steps }, (_, step) =>
    Math.max(...tones.map((tone) => tone[step] ?? 0)),
  ).sort();
  const loud = levels.filter((level) => level > (levels.at(-1) ?? 0) / 4);
  return loud[Math.floor(loud.length / 2)] ?? 0;
}

function stateAt(tones: readonly Float32Array[], step: number, clear: number): number {
  let strongest = 0;
  let first = SILENT;
  let second = 0;
  tones.forEach((tone, number) => {
    const level = tone[step] ?? 0;
    if (level > strongest) {
      second = strongest;
      strongest = level;
      first = number;
    } else second = Math.max(second, level);
  });
  if (strongest < clear) return SILENT;
  return second < clear ? first : DOUBLE;
}

function runsOf(states: readonly number[], belongs: (state: number) => boolean): Run[] {
  const runs: Run[] = [];
  states.forEach((state, step) => {
    if (!belongs(state)) return;
    const last = runs.at(-1);
    if (last?.to === step) last.to = step + 1;
    else runs.push({ from: step, to: step + 1 });
  });
  return runs;
}

/** Joins runs that are no further apart than that, if none of those silences lies between them. */
function joined(runs: readonly Run[], silent: readonly Run[], steps: number): Run[] {
  const whole: Run[] = [];
  for (const run of runs) {
    const last = whole.at(-1);
    const parted = silent.some(({ from }) => last && from >= last.to && from < run.from);
    if (last && run.from - last.to <= steps && !parted) last.to = run.to;
    else whole.push({ ...run });
  }
  return whole;
}

function heldTones(states: readonly number[], stepMs: number, firstMs: number): Stretch[] {
  const held: Stretch[] = [];
  let from = 0;
  for (let step = 1; step <= states.length; step += 1) {
    if (step < states.length && states[step] === states[from]) continue;
    const outlasted = (step - from) * stepMs - SLOT_MS;
    if ((states[from] ?? SILENT) >= 0 && outlasted > LEAST_HELD_MS) {
      held.push({ fromMs: firstMs + from * stepMs, ms: outlasted });
    }
    from = step;
  }
  return held;
}

/** A change from one tone to another one. */
interface Hop {
  atMs: number;
  /** How late the sound is: by the recording's clock against the cycle's, within one cycle. */
  lateMs: number;
}

function hopsIn(states: readonly number[], stepMs: number, firstMs: number): Hop[] {
  const hops: Hop[] = [];
  let last = { tone: SILENT, step: -Infinity };
  states.forEach((tone, step) => {
    if (tone === SILENT) last = { tone, step };
    if (tone < 0) return;
    const between = (step - last.step) * stepMs;
    if (last.tone >= 0 && last.tone !== tone && between <= LEAST_DOUBLE_MS * 2) {
      const atMs = firstMs + ((last.step + step) / 2) * stepMs;
      const before = last.tone;
      const place = HOPS.findIndex((hop, index) => hop === tone && HOPS.at(index - 1) === before);
      hops.push({ atMs, lateMs: wrapped(atMs - place * SLOT_MS) });
    }
    last = { tone, step };
  });
  return hops;
}

function shift(hops: readonly Hop[], lengthMs: number): number | undefined {
  const before = lateness(hops.filter(({ atMs }) => atMs < END_MS));
  const after = lateness(hops.filter(({ atMs }) => atMs >= lengthMs - END_MS));
  return before === undefined || after === undefined ? undefined : wrapped(after - before);
}

/** The lateness that lies nearest to all the others: single wrong hops do not move it. */
function lateness(hops: readonly Hop[]): number | undefined {
  if (hops.length < LEAST_HOPS) return undefined;
  const apart = ({ lateMs }: Hop) =>
    hops.reduce((sum, other) => sum + Math.abs(wrapped(other.lateMs - lateMs)), 0);
  return hops.toSorted((a, b) => apart(a) - apart(b))[0]?.lateMs;
}

/** Within half a cycle of 0. */
const wrapped = (ms: number) => ms - Math.round(ms / CYCLE_MS) * CYCLE_MS;
