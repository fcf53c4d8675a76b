import type { Stretch } from '../../src/test-picture/hop-hearing.ts';
import type { Witnessed } from './heard-room.ts';

/** What was done to the room while everybody looked and listened. */
export type Deed = 'mesh to relay' | 'relay to mesh' | 'none, on the relay' | 'none, on the mesh';

/** Everything seen and heard of the same deed in rooms of the same size. */
export interface Series {
  people: number;
  deed: Deed;
  /** Switches that came to nothing. */
  failed: number;
  witnessed: Witnessed[];
}

interface Distribution {
  count: number;
  median: number;
  p95: number;
  max: number;
}

/** How little is to be noticed, in milliseconds. */
const AIMS = {
  picture: { p95: 100, max: 500 },
  sound: { p95: 60, max: Number.POSITIVE_INFINITY },
};

export const totalMs = (stretches: readonly Stretch[]) => stretches.reduce((sum, { ms }) => sum + ms, 0);

/** What is counted of a series: one value for each viewer, each other participant and each time. */
const pictures = ({ witnessed }: Series) => witnessed.flatMap(({ picturesMs }) => picturesMs);
const sounds = ({ witnessed }: Series) => witnessed.flatMap(({ sounds }) => sounds);
const silences = (series: Series) => sounds(series).map(({ silences }) => totalMs(silences));
const doublings = (series: Series) => sounds(series).map(({ doublings }) => totalMs(doublings));
const held = (series: Series) => sounds(series).map(({ held }) => totalMs(held));
const shifts = (series: Series) => sounds(series).flatMap(({ shiftMs }) => shiftMs ?? []);

/** Nearest-rank percentiles: each is a value that was measured, in whole milliseconds. */
function distribution(values: readonly number[]): Distribution {
  const sorted = values.map(Math.round).toSorted((a, b) => a - b);
  const rank = (part: number) => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
  return { count: sorted.length, median: rank(0.5), p95: rank(0.95), max: rank(1) };
}

/** A Markdown table with a row for each series. A switch that misses an aim is marked. */
export function table(all: readonly Series[]): string {
  const head = [
    ['people', 'switch', 'times', 'failed'],
    ['picture: n', 'median', 'p95', 'max'],
    ['silence: n', 'median', 'p95', 'max'],
    ['doubled: median', 'p95', 'max'],
    ['held: p95', 'shift: median', 'least', 'most', 'load (max)'],
  ].flat();
  const lines = all.map((series) => {
    const judged = series.deed.startsWith('none') ? undefined : AIMS;
    const picture = cells(distribution(pictures(series)), judged?.picture);
    const silence = cells(distribution(silences(series)), judged?.sound);
    const doubled = cells(distribution(doublings(series)), judged?.sound).slice(1);
    const shift = distribution(shifts(series));
    const loads = series.witnessed.map(({ load }) => load * 100);
    return [
      ...[String(series.people), series.deed, String(series.witnessed.length), String(series.failed)],
      ...[...picture, ...silence, ...doubled, round(distribution(held(series)).p95)],
      ...[round(shift.median), round(Math.min(...shifts(series))), round(shift.max)],
      `${round(distribution(loads).median)} (${round(distribution(loads).max)}) %`,
    ];
  });
  return [head, head.map((_, column) => (column === 1 ? '---' : '---:')), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

/** How far each aim was reached, over all switches. */
export function verdicts(all: readonly Series[]): string {
  const switches = all.filter(({ deed }) => !deed.startsWith('none'));
  const verdict = (aim: string, figure: (series: Series) => number, limit: number) => {
    const missed = switches.filter((series) => !(figure(series) <= limit));
    const worst = Math.max(...switches.map(figure));
    const outcome = missed.length === 0 ? 'met' : `missed in ${missed.length} of ${switches.length} rows`;
    return `- ${aim}: **${outcome}**, worst row ${round(worst)} ms`;
  };
  const { picture, sound } = AIMS;
  return [
    verdict(`picture, p95 at most ${picture.p95} ms`, (one) => distribution(pictures(one)).p95, picture.p95),
    verdict(`picture, never over ${picture.max} ms`, (one) => distribution(pictures(one)).max, picture.max),
    verdict(`silence, p95 at most ${sound.p95} ms`, (one) => distribution(silences(one)).p95, sound.p95),
    verdict(`doubled, p95 at most ${sound.p95} ms`, (one) => distribution(doublings(one)).p95, sound.p95),
  ].join('\n');
}

/** One line about one time, for whoever waits for the rest. */
export function oneLine({ picturesMs, sounds, load }: Witnessed): string {
  const list = (values: number[]) => values.map(round).join(' ');
  return [
    `picture ${list(picturesMs)}`,
    `silence ${list(sounds.map(({ silences }) => totalMs(silences)))}`,
    `doubled ${list(sounds.map(({ doublings }) => totalMs(doublings)))}`,
    `shift ${sounds.map(({ shiftMs }) => (shiftMs === undefined ? '?' : round(shiftMs))).join(' ')} ms`,
    `load ${Math.round(load * 100)} %`,
  ].join('; ');
}

function cells({ count, median, p95, max }: Distribution, aim?: { p95: number; max: number }): string[] {
  const judged = (value: number, limit: number | undefined) =>
    limit === undefined || limit === Number.POSITIVE_INFINITY
      ? round(value)
      : `${round(value)} ${value <= limit ? '✓' : '✗'}`;
  return [String(count), round(median), judged(p95, aim?.p95), judged(max, aim?.max)];
}

const round = (ms: number) => (Number.isFinite(ms) ? String(Math.round(ms)) : '-');
