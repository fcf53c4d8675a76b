import { type Load, loadOf } from '../lib/load.ts';
import { type BesideRaw, besideRaw, namesBesideRaw } from '../lib/relays/beside-raw.ts';
import type { Chart, Figure } from '../lib/result.ts';
import { measureRounds, ratios, rotated } from '../lib/rounds.ts';
import type { Bench, Scenario } from '../lib/scenario.ts';
import { onStage } from '../lib/stage.ts';
import { figure, fitLine, median } from '../lib/statistics.ts';

const KB = 1_000;

/** What one round found of each relay, for each number of viewers. */
type Round = Record<BesideRaw, Load[]>;

export const fanOut: Scenario = {
  name: 'fan-out',
  title: 'Cost of an audience',
  about:
    'What one more viewer of a stream costs in time and memory, and whether that stays the same as they get more.',
  usual: { rounds: 5, seconds: 8, viewers: [50, 100, 200, 400] },

  async run(bench) {
    const viewers = (bench.wishes.viewers ?? this.usual.viewers ?? []).toSorted((one, other) => one - other);
    const rounds = await measureRounds(bench, async (index, say) => {
      const found: Round = { Meshlift: [], 'raw worker': [] };
      for (const name of rotated(namesBesideRaw, index)) {
        found[name] = await climb(bench, name, viewers, say);
      }
      return found;
    });
    return {
      options: { ...bench.wishes, viewers },
      figures: figures(rounds, viewers),
      charts: charts(rounds),
      rounds,
    };
  },
};

/** More and more viewers of one relay. */
function climb(
  bench: Bench,
  name: BesideRaw,
  numbers: readonly number[],
  say: (doing: string) => void,
): Promise<Load[]> {
  return onStage(
    bench,
    () => besideRaw[name]({ core: bench.cores.relay }),
    async (stage) => {
      const loads: Load[] = [];
      for (const viewers of numbers) {
        say(`${name}, ${viewers} viewers`);
        const load = await loadOf(bench, stage, viewers);
        if (load) loads.push(load);
      }
      return loads;
    },
  );
}

function figures(rounds: readonly Round[], viewers: readonly number[]): Figure[] {
  const of = (name: BesideRaw) => rounds.map((round) => round[name]).filter((loads) => loads.length > 1);
  const costs = (loads: readonly Load[]) => fitLine(loads.map((load) => [load.viewers, load.cpu]));
  const memory = (loads: readonly Load[]) => fitLine(loads.map((load) => [load.viewers, load.memory]));
  const complete = rounds.filter((round) => namesBesideRaw.every((name) => round[name].length > 1));
  const at = (number: number, value: (load: Load) => number) =>
    of('Meshlift').flatMap((loads) => loads.filter((load) => load.viewers === number).map(value));
  return [
    ...viewers.map((number) =>
      figure(
        {
          id: `fan-out.packets-${number}`,
          title: `Packets forwarded, ${number} viewers`,
          unit: 'k per CPU-second',
        },
        at(number, ({ packetsPerCpuSecond }) => packetsPerCpuSecond / 1_000),
      ),
    ),
    ...viewers.map((number) =>
      figure(
        { id: `fan-out.cpu-${number}`, title: `A core, for ${number} viewers`, unit: '%' },
        at(number, ({ cpu }) => cpu * 100),
      ),
    ),
    figure(
      { id: 'fan-out.loss', title: 'Packets lost, by the load that lost most', unit: '%' },
      of('Meshlift').map((loads) => Math.max(...loads.map(({ loss }) => loss)) * 100),
    ),
    figure(
      { id: 'fan-out.cores-per-100', title: 'A core, for 100 viewers more', unit: '%' },
      of('Meshlift').map((loads) => costs(loads).slope * 100 * 100),
    ),
    figure(
      {
        id: 'fan-out.slope',
        title: 'Cost of a viewer, of the raw worker’s',
        unit: '',
        aim: { is: 'at most', value: 1.05 },
      },
      ratios(
        complete,
        (round) => costs(round.Meshlift).slope,
        (round) => costs(round['raw worker']).slope,
      ),
    ),
    figure(
      {
        id: 'fan-out.bend',
        title: 'Cost, farthest from a straight line',
        unit: '% of the largest',
        aim: { is: 'at most', value: 5 },
      },
      of('Meshlift').map((loads) => farthestFrom(costs(loads), loads) * 100),
    ),
    figure(
      {
        id: 'fan-out.memory-per-viewer',
        title: 'Memory per viewer, all processes',
        unit: 'KB',
        aim: { is: 'at most', value: 200 },
      },
      of('Meshlift').map((loads) => memory(loads).slope / KB),
    ),
    figure(
      { id: 'fan-out.raw-memory-per-viewer', title: 'The same of the raw worker', unit: 'KB' },
      of('raw worker').map((loads) => memory(loads).slope / KB),
    ),
  ].filter(({ samples }) => samples > 0);
}

function farthestFrom({ slope, intercept }: ReturnType<typeof fitLine>, loads: readonly Load[]): number {
  const off = loads.map(({ viewers, cpu }) => Math.abs(cpu - slope * viewers - intercept));
  return Math.max(...off) / Math.max(...loads.map(({ cpu }) => cpu));
}

function charts(rounds: readonly Round[]): Chart[] {
  const chart = (name: string, title: string, y: string, value: (load: Load) => number): Chart => ({
    name,
    title,
    kind: 'line',
    x: 'viewers',
    y,
    series: namesBesideRaw.map((relay) => ({
      name: relay,
      points: medians(
        rounds.flatMap((round) => round[relay]),
        value,
      ),
    })),
  });
  return [
    chart('cost', 'What an audience costs', 'one core, %', ({ cpu }) => cpu * 100),
    chart(
      'packets',
      'Packets forwarded per CPU-second',
      'thousands',
      (load) => load.packetsPerCpuSecond / 1_000,
    ),
    chart('memory', 'Memory of all processes', 'MB', ({ memory }) => memory / 1e6),
  ];
}

function medians(loads: readonly Load[], value: (load: Load) => number): [number, number][] {
  const byViewers = Map.groupBy(loads, ({ viewers }) => viewers);
  return [...byViewers].map(([viewers, same]) => [viewers, median(same.map(value))]);
}
