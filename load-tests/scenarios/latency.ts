import { BrowserProbe } from '../lib/browser/browser-probe.ts';
import { Crowd } from '../lib/peers/crowd.ts';
import { startMeshlift } from '../lib/relays/meshlift.ts';
import type { Chart, Figure } from '../lib/result.ts';
import { measureRounds } from '../lib/rounds.ts';
import type { Bench, Scenario } from '../lib/scenario.ts';
import { onStage } from '../lib/stage.ts';
import { figure, median, quantile } from '../lib/statistics.ts';

/** So many of the viewers tell how old the pictures are that reach them; the first and the last of them are shown. */
const PROBES = 12;

/** The largest audience is spread over so many workers besides. */
const SPREAD = 2;

/** How old pictures are, in ms. */
interface Ages {
  viewers: number;
  workers: number;
  first: { p50: number; p99: number };
  last: { p50: number; p99: number };
}

interface Round {
  ages: Ages[];
  glassToGlass: { viewers: number; p50: number; p95: number }[];
}

export const latency: Scenario = {
  name: 'latency',
  title: 'Delay',
  about:
    'How old a picture is when the first and when the last viewer of the fan-out has all of it, how spreading over workers bounds that, and from glass to glass in Chromium.',
  usual: { rounds: 5, seconds: 8, viewers: [0, 100, 200, 300] },

  async run(bench) {
    const viewers = bench.wishes.viewers ?? this.usual.viewers ?? [];
    const rounds = await measureRounds(bench, (_, say) => measureRound(bench, viewers, say));
    bench.note(
      `${SPREAD} workers are held to no core and share all of them with the viewers; with a core for each they would show more of what spreading brings.`,
    );
    return {
      options: { ...bench.wishes, viewers, probes: PROBES, spread: SPREAD },
      figures: figures(rounds, viewers),
      charts: charts(rounds),
      rounds,
    };
  },
};

async function measureRound(
  bench: Bench,
  viewers: readonly number[],
  say: (doing: string) => void,
): Promise<Round> {
  const found: Round = { ages: [], glassToGlass: [] };
  const many = viewers.at(-1) ?? 0;
  for (const number of viewers) {
    say(`${number} viewers on one worker`);
    found.ages.push(await agesOf(bench, number, 1));
  }
  say(`${many} viewers on ${SPREAD} workers`);
  found.ages.push(await agesOf(bench, many, SPREAD));
  for (const number of [0, many]) {
    say(`from glass to glass beside ${number} viewers`);
    found.glassToGlass.push(await glassToGlass(bench, number));
  }
  return found;
}

function agesOf(bench: Bench, viewers: number, workers: number): Promise<Ages> {
  const core = workers === 1 ? bench.cores.relay : undefined;
  return onStage(
    bench,
    () => startMeshlift({ core, workers }),
    async ({ relay, crowd }) => {
      const probes = await Crowd.start({ core: bench.cores.load, urgent: true });
      try {
        // They come one by one among the others: where one is in the fan-out is not up to it.
        for (let probe = 0; probe < PROBES; probe += 1) {
          const others =
            Math.floor((viewers * (probe + 1)) / PROBES) - Math.floor((viewers * probe) / PROBES);
          await crowd.join(relay.doors[0], others);
          await probes.join(relay.doors[0], 1, { delays: true });
        }
        await probes.count(2);
        const { delays } = await probes.count(bench.wishes.seconds);
        const byDelay = delays.toSorted((one, other) => median(one) - median(other));
        const of = (delays: readonly number[] = []) => ({ p50: median(delays), p99: quantile(delays, 0.99) });
        return { viewers, workers, first: of(byDelay[0]), last: of(byDelay.at(-1)) };
      } finally {
        await probes.stop();
      }
    },
  );
}

function glassToGlass(bench: Bench, viewers: number): Promise<Round['glassToGlass'][number]> {
  return onStage(
    bench,
    () => startMeshlift({ core: bench.cores.relay }),
    async ({ relay, crowd }) => {
      const browser = await BrowserProbe.start({ core: bench.cores.load });
      try {
        await crowd.join(relay.doors[0], viewers);
        await browser.prepare(relay.url);
        const delays = await browser.glassToGlass(bench.wishes.seconds);
        return { viewers, p50: median(delays), p95: quantile(delays, 0.95) };
      } finally {
        await browser.stop();
      }
    },
  );
}

function figures(rounds: readonly Round[], viewers: readonly number[]): Figure[] {
  const of = (number: number, workers: number) =>
    rounds.flatMap(({ ages }) => ages.filter((one) => one.viewers === number && one.workers === workers));
  const many = viewers.at(-1) ?? 0;
  return [
    figure(
      {
        id: 'latency.last-p99',
        title: `Age of a picture at the last viewer, p99, ${many} viewers on one worker`,
        unit: 'ms',
        aim: { is: 'at most', value: 15 },
      },
      of(many, 1).map(({ last }) => last.p99),
    ),
    ...viewers.map((number) =>
      figure(
        {
          id: `latency.last-p50-${number}`,
          title: `The same, p50, ${number} viewers on one worker`,
          unit: 'ms',
        },
        of(number, 1).map(({ last }) => last.p50),
      ),
    ),
    ...(['p50', 'p99'] as const).map((part) =>
      figure(
        {
          id: `latency.spread-last-${part}`,
          title: `The same, ${part}, ${many} viewers on ${SPREAD} workers`,
          unit: 'ms',
        },
        of(many, SPREAD).map(({ last }) => last[part]),
      ),
    ),
    ...viewers.map((number) =>
      figure(
        {
          id: `latency.first-p50-${number}`,
          title: `At the first viewer, p50, ${number} viewers on one worker`,
          unit: 'ms',
        },
        of(number, 1).map(({ first }) => first.p50),
      ),
    ),
    ...[0, many].map((number) =>
      figure(
        {
          id: `latency.glass-to-glass-${number}`,
          title: `From glass to glass in Chromium, p50, beside ${number} viewers`,
          unit: 'ms',
        },
        rounds.flatMap(({ glassToGlass }) =>
          glassToGlass.filter((one) => one.viewers === number).map(({ p50 }) => p50),
        ),
      ),
    ),
  ].filter(({ samples }) => samples > 0);
}

function charts(rounds: readonly Round[]): Chart[] {
  const points = (workers: number, age: (ages: Ages) => number): [number, number][] => {
    const all = rounds.flatMap(({ ages }) => ages).filter((one) => one.workers === workers);
    return [...Map.groupBy(all, ({ viewers }) => viewers)].map(([viewers, same]) => [
      viewers,
      median(same.map(age)),
    ]);
  };
  return [
    {
      name: 'age',
      title: 'How old a picture is when a viewer has all of it',
      kind: 'line',
      x: 'viewers',
      y: 'ms',
      series: [
        { name: 'first viewer, p50', points: points(1, ({ first }) => first.p50) },
        { name: 'last viewer, p50', points: points(1, ({ last }) => last.p50) },
        { name: 'last viewer, p99', points: points(1, ({ last }) => last.p99) },
        { name: `last viewer on ${SPREAD} workers, p50`, points: points(SPREAD, ({ last }) => last.p50) },
        { name: `last viewer on ${SPREAD} workers, p99`, points: points(SPREAD, ({ last }) => last.p99) },
      ],
    },
  ];
}
