import { setTimeout as wait } from 'node:timers/promises';
import { BrowserProbe } from '../lib/browser/browser-probe.ts';
import type { Joined } from '../lib/peers/crowd.ts';
import { type Meshlift, startMeshlift } from '../lib/relays/meshlift.ts';
import { startRaw } from '../lib/relays/raw.ts';
import type { RelayUnderTest } from '../lib/relays/relay.ts';
import type { Chart, Figure } from '../lib/result.ts';
import { ratios, rotated } from '../lib/rounds.ts';
import { onStage, type Stage } from '../lib/stage.ts';
import { figure, median, quantile } from '../lib/statistics.ts';
import type { Bench, Scenario } from './scenario.ts';

/** How many join, 20 at once, to compare with the raw worker. */
const IN_TURN = 100;
const AT_ONCE = 20;

/** A storm: all of them come within this long. */
const STORM_MS = 1_000;

/** How often the browser joins while nobody else does. */
const CALM_JOINS = 12;

const relays = { Meshlift: startMeshlift, 'raw worker': startRaw } as const;
type Name = keyof typeof relays;
const names = Object.keys(relays) as Name[];

/** After so long the one who came before has had its key frame, and the next one is asked for at once. */
const ALONE_AFTER_MS = 600;

interface Storm {
  viewers: number;
  joined: Joined[];
  /** Requests for key frames that reached the publisher for each second of the storm. */
  requestsPerSecond: number;
  /** Of a browser that joins in the middle of it, in ms. */
  firstPictureMs: number;
  /** How much of its core the crowd used meanwhile, from 0 to 1. */
  crowd: number;
}

interface Round {
  inTurn: Record<Name, Joined[]>;
  storms: Storm[];
  /** A browser's first decoded picture, beside as many viewers as the first storm brought, in ms. */
  calm: number[];
}

export const joinStorm: Scenario = {
  name: 'join-storm',
  title: 'Coming in',
  about:
    'How long it takes to come in, one after another and hundreds within a second: to the first packet, and in Chromium to the first picture that is decoded; and what the publisher notices of it.',
  usual: { rounds: 5, seconds: 1, viewers: [100, 300] },

  async run(bench) {
    const viewers = bench.wishes.viewers ?? this.usual.viewers ?? [];
    const rounds: Round[] = [];
    for (let index = 0; index < bench.wishes.rounds; index += 1) {
      const round: Round = { inTurn: { Meshlift: [], 'raw worker': [] }, storms: [], calm: [] };
      for (const name of rotated(names, index)) {
        bench.progress(`round ${index + 1} of ${bench.wishes.rounds}: ${name}, ${AT_ONCE} at once`);
        round.inTurn[name] = await inTurn(bench, () => relays[name]({ core: bench.cores.relay }));
      }
      for (const number of viewers) {
        bench.progress(`round ${index + 1} of ${bench.wishes.rounds}: ${number} within a second`);
        const stormed = await storm(bench, number);
        if (stormed.crowd > 0.85) {
          bench.note(
            `${number} within a second: they used ${Math.round(stormed.crowd * 100)} % of their core, and waited for each other.`,
          );
        }
        round.storms.push(stormed);
      }
      bench.progress(`round ${index + 1} of ${bench.wishes.rounds}: a browser comes in by itself`);
      round.calm = await calm(bench, viewers[0] ?? IN_TURN);
      rounds.push(round);
    }
    return {
      options: { ...bench.wishes, viewers, inTurn: IN_TURN, atOnce: AT_ONCE, withinMs: STORM_MS },
      figures: figures(rounds, viewers),
      charts: charts(rounds, viewers),
      rounds,
    };
  },
};

function inTurn(bench: Bench, start: () => Promise<RelayUnderTest>): Promise<Joined[]> {
  return onStage(bench, start, ({ relay, crowd }) =>
    crowd.join(relay.doors[0], IN_TURN, { atOnce: AT_ONCE }),
  );
}

function storm(bench: Bench, viewers: number): Promise<Storm> {
  return withBrowser(bench, async ({ relay, crowd, publisher }, browser) => {
    const [before, cpuBefore, startedAt] = [
      await publisher.counts(),
      await crowd.cpuSeconds(),
      performance.now(),
    ];
    const [joined, firstPictureMs] = await Promise.all([
      crowd.join(relay.doors[0], viewers, { withinMs: STORM_MS }),
      browser.timeToFirstFrame(relay.streamId),
    ]);
    const seconds = (performance.now() - startedAt) / 1_000;
    const { requestedAt } = await publisher.counts();
    return {
      viewers,
      joined,
      requestsPerSecond: ratePerSecond(requestedAt.slice(before.requestedAt.length)),
      firstPictureMs,
      crowd: ((await crowd.cpuSeconds()) - cpuBefore) / seconds,
    };
  });
}

function calm(bench: Bench, viewers: number): Promise<number[]> {
  return withBrowser(bench, async ({ relay, crowd }, browser) => {
    await crowd.join(relay.doors[0], viewers);
    const times: number[] = [];
    for (let join = 0; join < CALM_JOINS; join += 1) {
      await wait(ALONE_AFTER_MS);
      times.push(await browser.timeToFirstFrame(relay.streamId));
    }
    return times;
  });
}

function withBrowser<T>(
  bench: Bench,
  act: (stage: Stage<Meshlift>, browser: BrowserProbe) => Promise<T>,
): Promise<T> {
  return onStage(
    bench,
    () => startMeshlift({ core: bench.cores.relay }),
    async (stage) => {
      const browser = await BrowserProbe.start({ core: bench.cores.load });
      try {
        await browser.prepare(stage.relay.url);
        return await act(stage, browser);
      } finally {
        await browser.stop();
      }
    },
  );
}

/** How often something happened from its first time to its last; 0 of less than two. */
function ratePerSecond(at: readonly number[]): number {
  const [first, last] = [at[0], at.at(-1)];
  return first === undefined || last === undefined || last <= first
    ? 0
    : ((at.length - 1) * 1_000) / (last - first);
}

const firstPackets = (joined: readonly Joined[]) =>
  joined.flatMap((one) => ('failed' in one ? [] : [one.firstPacketMs]));
const failures = (joined: readonly Joined[]) => joined.filter((one) => 'failed' in one).length;

function figures(rounds: readonly Round[], viewers: readonly number[]): Figure[] {
  const p95 = (joined: readonly Joined[]) => quantile(firstPackets(joined), 0.95);
  const stormsOf = (number: number) =>
    rounds.flatMap(({ storms }) => storms.filter((one) => one.viewers === number));
  return [
    figure(
      {
        id: 'join-storm.first-packet-ratio',
        title: `First packet, p95, ${AT_ONCE} at once, of the raw worker’s`,
        unit: '',
        aim: { is: 'at most', value: 1.3 },
      },
      ratios(
        rounds,
        ({ inTurn }) => p95(inTurn.Meshlift),
        ({ inTurn }) => p95(inTurn['raw worker']),
      ),
    ),
    ...names.map((name) =>
      figure(
        {
          id: `join-storm.first-packet-${name.split(' ')[0]?.toLowerCase()}`,
          title: `First packet, p95, ${AT_ONCE} at once, ${name}`,
          unit: 'ms',
        },
        rounds.map(({ inTurn }) => p95(inTurn[name])),
      ),
    ),
    figure(
      {
        id: 'join-storm.first-picture',
        title: 'First decoded picture in Chromium, p95, coming by itself',
        unit: 'ms',
        aim: { is: 'at most', value: 500 },
      },
      rounds.map(({ calm }) => quantile(calm, 0.95)),
    ),
    ...viewers.flatMap((number) => [
      figure(
        {
          id: `join-storm.first-packet-storm-${number}`,
          title: `First packet, p95, ${number} within a second`,
          unit: 'ms',
        },
        stormsOf(number).map(({ joined }) => p95(joined)),
      ),
      figure(
        {
          id: `join-storm.first-picture-storm-${number}`,
          title: `First decoded picture in the midst of ${number}`,
          unit: 'ms',
        },
        stormsOf(number).map(({ firstPictureMs }) => firstPictureMs),
      ),
      figure(
        {
          id: `join-storm.requests-${number}`,
          title: `Key frame requests that reach the publisher, ${number} within a second`,
          unit: 'a second',
          aim: { is: 'at most', value: 2 },
        },
        stormsOf(number).map(({ requestsPerSecond }) => requestsPerSecond),
      ),
      figure(
        {
          id: `join-storm.failed-${number}`,
          title: `Failed, ${number} within a second`,
          unit: '',
          aim: { is: 'at most', value: 0 },
        },
        stormsOf(number).map(({ joined }) => failures(joined)),
      ),
    ]),
  ];
}

function charts(rounds: readonly Round[], viewers: readonly number[]): Chart[] {
  const parts = Array.from({ length: 20 }, (_, index) => (index + 1) / 20);
  const spread = (values: readonly number[]) =>
    parts.map((part): [number, number] => [quantile(values, part), part * 100]);
  return [
    {
      name: 'first-packet',
      title: 'From coming to the first packet',
      kind: 'line',
      x: 'ms',
      y: 'part of the viewers, %',
      series: [
        ...names.map((name) => ({
          name: `${name}, ${AT_ONCE} at once`,
          points: spread(rounds.flatMap(({ inTurn }) => firstPackets(inTurn[name]))),
        })),
        ...viewers.map((number) => ({
          name: `Meshlift, ${number} within a second`,
          points: spread(
            rounds.flatMap(({ storms }) =>
              storms.filter((one) => one.viewers === number).flatMap(({ joined }) => firstPackets(joined)),
            ),
          ),
        })),
      ],
    },
    {
      name: 'first-picture',
      title: 'First decoded picture in Chromium',
      kind: 'bar',
      x: '',
      y: 'ms, median',
      series: [
        {
          name: 'Chromium',
          points: [
            ['nobody else comes', median(rounds.flatMap(({ calm }) => calm))],
            ...viewers.map((number): [string, number] => [
              `${number} within a second`,
              median(
                rounds.flatMap(({ storms }) =>
                  storms.filter((one) => one.viewers === number).map(({ firstPictureMs }) => firstPictureMs),
                ),
              ),
            ]),
          ],
        },
      ],
    },
  ];
}
