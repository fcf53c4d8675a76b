import type { Chart, Figure } from './result.ts';
import { figure, median, quantile } from './statistics.ts';

/** Where a room went. */
export type Way = 'to the relay' | 'to the mesh';

/** What everybody in a room noticed of one switch. */
export interface SwitchSeen {
  people: number;
  /** Viewers of another stream that the relay carried beside it. */
  others: number;
  way: Way;
  round: number;
  /** The longest time that each picture stood still, in ms; one for each viewer and each other. */
  picturesMs: number[];
  /** How long nothing was heard of each, in ms; one for each viewer and each other. */
  silencesMs: number[];
  /** Of all cores together, from 0 to 1. */
  busy: number;
}

const SENSES = [
  { sense: 'picture', of: ({ picturesMs }: SwitchSeen) => picturesMs, name: 'picture stands still' },
  { sense: 'silence', of: ({ silencesMs }: SwitchSeen) => silencesMs, name: 'nothing is heard' },
] as const;

const WAYS: readonly Way[] = ['to the relay', 'to the mesh'];

/** Above this share of all cores the browser waits for the machine, and its figures tell of that. */
const FULL = 0.9;

/** What rooms of each size notice beside `others` viewers, and how much more that is than by themselves. */
export function switchFigures(all: readonly SwitchSeen[], others: number): Figure[] {
  return sizes(all).flatMap((people) => [
    ...WAYS.flatMap((way) =>
      SENSES.flatMap(({ sense, of, name }) => {
        const seen = all.filter((one) => one.people === people && one.others === others && one.way === way);
        if (seen.length === 0) return [];
        const id = `switch.${sense}-${people}-${way.replaceAll(' ', '-')}`;
        const title = `Room of ${people} ${way}: ${name}`;
        const p95s = seen.map((one) => quantile(of(one), 0.95));
        return [
          figure({ id, title, unit: 'ms' }, seen.flatMap(of)),
          figure({ id: `${id}-p95`, title: `${title}, p95 of a switch`, unit: 'ms' }, p95s),
        ];
      }),
    ),
    ...SENSES.flatMap(({ sense, of, name }) => {
      const ratios = ratiosOfRounds(all, people, others, of);
      if (ratios.length === 0) return [];
      const title = `Room of ${people}: ${name}, beside ${others} viewers / by itself`;
      return [figure({ id: `switch.${sense}-${people}-ratio`, title, unit: '' }, ratios)];
    }),
  ]);
}

/** One for pictures and one for sound: how much is noticed in rooms of each size, alone and beside the others. */
export function switchCharts(all: readonly SwitchSeen[], others: number): Chart[] {
  const cuts = [
    { cut: 'p50', part: 0.5 },
    { cut: 'p95', part: 0.95 },
    { cut: 'longest', part: 1 },
  ];
  return SENSES.map(({ sense, of, name }) => ({
    name: sense,
    title: `Switches of a room: how long ${sense === 'picture' ? 'a ' : ''}${name}`,
    kind: 'line' as const,
    x: 'people in the room',
    y: 'ms',
    series: [others, 0].flatMap((number) =>
      cuts.map(({ cut, part }) => ({
        name: number === 0 ? `${cut}, by itself` : `${cut}, beside ${number} viewers`,
        // Sizes of rooms are names: there are none between them, nor below 2.
        points: sizes(all).flatMap((people): [string, number][] => {
          const values = all.filter((one) => one.people === people && one.others === number).flatMap(of);
          return values.length > 0 ? [[String(people), quantile(values, part)]] : [];
        }),
      })),
    ),
  }));
}

/** What a reader has to know of rooms for which the machine was too small; `undefined` when there were none. */
export function fullMachine(all: readonly SwitchSeen[]): string | undefined {
  const full = sizes(all).flatMap((people) =>
    [...new Set(all.map(({ others }) => others))].flatMap((others) => {
      const busy = median(
        all.filter((one) => one.people === people && one.others === others).map((one) => one.busy),
      );
      return busy > FULL ? [`${people} people beside ${others} viewers (${Math.round(busy * 100)} %)`] : [];
    }),
  );
  if (full.length === 0) return undefined;
  return `All cores were busy nearly all the time, so that the figures tell of the browser and not of the relay: ${full.join(', ')}.`;
}

/**
 * Whether the machine has no room for this size beside the others, as far as the next smaller room tells what those
 * take: then nobody would switch at all, and what was measured would be that.
 */
export function outgrows(all: readonly SwitchSeen[], people: number, others: number): boolean {
  const busy = (size: number, number: number) =>
    median(all.filter((one) => one.people === size && one.others === number).map((one) => one.busy));
  const smaller = sizes(all).findLast((size) => size < people);
  if (smaller === undefined) return false;
  const both = busy(people, 0) + busy(smaller, others) - busy(smaller, 0);
  // The smaller one may have found no room either.
  return !(both <= 1);
}

/** The p95 over everybody and both ways of each round, beside the others divided by alone. */
function ratiosOfRounds(
  all: readonly SwitchSeen[],
  people: number,
  others: number,
  of: (seen: SwitchSeen) => number[],
): number[] {
  const p95 = (round: number, number: number) =>
    quantile(
      all.filter((one) => one.people === people && one.round === round && one.others === number).flatMap(of),
      0.95,
    );
  const rounds = [...new Set(all.map(({ round }) => round))];
  // No time at all by itself is nothing to compare with.
  return rounds.map((round) => p95(round, others) / p95(round, 0)).filter(Number.isFinite);
}

const sizes = (all: readonly SwitchSeen[]) =>
  [...new Set(all.map(({ people }) => people))].toSorted((one, other) => one - other);
