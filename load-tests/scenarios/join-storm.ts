import { setTimeout as wait } from 'node:timers/promises';
import { BrowserProbe } from '../lib/browser/browser-probe.ts';
import { AT_ONCE, type ComingIn, comingInCharts, comingInFigures, type Storm } from '../lib/coming-in.ts';
import { MOST_USED } from '../lib/load.ts';
import type { Joined } from '../lib/peers/crowd.ts';
import { besideRaw, namesBesideRaw } from '../lib/relays/beside-raw.ts';
import { type Meshlift, startMeshlift } from '../lib/relays/meshlift.ts';
import type { RelayUnderTest } from '../lib/relays/relay.ts';
import { measureRounds, rotated } from '../lib/rounds.ts';
import type { Bench, Scenario } from '../lib/scenario.ts';
import { onStage, type Stage } from '../lib/stage.ts';

/** How many join, some of them at once, to compare with the raw worker. */
const IN_TURN = 100;

/** A storm: all of them come within this long. */
const STORM_MS = 1_000;

/** How often the browser joins while nobody else does. */
const CALM_JOINS = 12;

/** After so long the one who came before has had its key frame, and the next one is asked for at once. */
const ALONE_AFTER_MS = 600;

export const joinStorm: Scenario = {
  name: 'join-storm',
  title: 'Coming in',
  about:
    'How long it takes to come in, one after another and hundreds within a second: to the first packet, and in Chromium to the first picture that is decoded; and what the publisher notices of it.',
  usual: { rounds: 5, seconds: 1, viewers: [100, 300] },

  async run(bench) {
    const viewers = bench.wishes.viewers ?? this.usual.viewers ?? [];
    const rounds = await measureRounds(bench, async (index, say) => {
      const round: ComingIn = { inTurn: { Meshlift: [], 'raw worker': [] }, storms: [], calm: [] };
      for (const name of rotated(namesBesideRaw, index)) {
        say(`${name}, ${AT_ONCE} at once`);
        round.inTurn[name] = await inTurn(bench, () => besideRaw[name]({ core: bench.cores.relay }));
      }
      for (const number of viewers) {
        say(`${number} within a second`);
        const stormed = await storm(bench, number);
        if (stormed.crowd > MOST_USED) {
          bench.note(
            `${number} within a second: they used ${Math.round(stormed.crowd * 100)} % of their core, and waited for each other.`,
          );
        }
        round.storms.push(stormed);
      }
      say('a browser comes in by itself');
      round.calm = await calm(bench, viewers[0] ?? IN_TURN);
      return round;
    });
    return {
      options: { ...bench.wishes, viewers, inTurn: IN_TURN, atOnce: AT_ONCE, withinMs: STORM_MS },
      figures: comingInFigures(rounds, viewers),
      charts: comingInCharts(rounds, viewers),
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
    const [joined, firstFrame] = await Promise.all([
      crowd.join(relay.doors[0], viewers, { withinMs: STORM_MS }),
      browser.firstFrameByPlugin(relay.streamId),
    ]);
    const seconds = (performance.now() - startedAt) / 1_000;
    const { requestedAt } = await publisher.counts();
    return {
      viewers,
      joined,
      requestsPerSecond: ratePerSecond(requestedAt.slice(before.requestedAt.length)),
      firstFrame,
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
      times.push((await browser.firstFrameByPlugin(relay.streamId)).ms);
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
