import { setTimeout as wait } from 'node:timers/promises';
import { type Answered, IdleViewers } from '../lib/peers/idle-viewers.ts';
import { type Meshlift, startMeshlift } from '../lib/relays/meshlift.ts';
import type { Chart, Figure } from '../lib/result.ts';
import type { Bench, Measured, Scenario } from '../lib/scenario.ts';
import { figure, fitLine, median, quantile } from '../lib/statistics.ts';

/** How many answers are awaited at a time. */
const AT_ONCE = 32;

/** Who comes and goes before anything is measured, so that the code has been compiled by then. */
const WARM_UP = 300;

/** A generator that uses more of its core than this measures itself. */
const BUSY = 0.85;

/** Everybody is told the number of viewers once more within this time after the last has come, in ms. */
const SETTLES_WITHIN_MS = 2_000;

const USUAL_VIEWERS = [500, 1_000, 2_000];

/** What so many viewers cost who only wait. */
interface Idle {
  viewers: number;
  /** In bytes, of all processes. */
  memory: number;
  /** Share of one core. */
  cpu: number;
}

/** Work that was asked for, and what it took of the server. */
interface Spent {
  count: number;
  perSecond: number;
  perCpuSecond: number;
  p50: number;
  p95: number;
  generator: number;
}

/** Some of those who asked got no answer, or not the one they asked for. */
class Refused extends Error {}

interface Round {
  join: Spent;
  ask: Spent;
  idle: Idle[];
}

export const signaling: Scenario = {
  name: 'signaling',
  title: 'Signaling',
  about: 'What joining, asking and waiting cost the server before any media flows.',
  usual: { rounds: 3, seconds: 20, viewers: USUAL_VIEWERS },

  async run(bench: Bench): Promise<Measured> {
    const viewers = (bench.wishes.viewers ?? USUAL_VIEWERS).toSorted((a, b) => a - b);
    const rounds: Round[] = [];
    for (let round = 1; round <= bench.wishes.rounds; round += 1) {
      bench.progress(`round ${round} of ${bench.wishes.rounds}`);
      try {
        rounds.push(await measureRound(bench, viewers));
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        bench.discard(`round ${round}: ${error.message}`);
      }
    }
    if (rounds.length === 0) throw new Error('no round counts: see what was discarded');
    bench.note(
      'Viewers greet and watch a stream that is still to come: each holds a socket, a session and a transport ' +
        'of the worker to which nothing is connected.',
    );
    bench.note(
      'They ask for a pause of no consumers: it passes rate, schema and session, and asks nothing of a worker.',
    );
    return {
      options: { rounds: rounds.length, seconds: bench.wishes.seconds, viewers, atOnce: AT_ONCE },
      figures: figuresOf(rounds),
      charts: chartsOf(rounds),
      rounds,
    };
  },
};

async function measureRound(bench: Bench, steps: readonly number[]): Promise<Round> {
  const { cores, signal, wishes } = bench;
  const server = await startMeshlift({ core: cores.relay, env: { MESHLIFT_TRUSTED_PROXIES: '1' } });
  let viewers: IdleViewers | undefined;
  try {
    viewers = await IdleViewers.start(server.url, cores.load);
    check(await viewers.join(WARM_UP, { atOnce: AT_ONCE }));
    await viewers.leave();
    await wait(SETTLES_WITHIN_MS, undefined, { signal });

    const idle: Idle[] = [await hold(bench, server, 0)];
    const joins: Spent[] = [];
    let there = 0;
    for (const count of steps) {
      bench.progress(`${count - there} viewers join, to ${count}`);
      const coming = viewers;
      const join = await spend(server, () => coming.join(count - there, { atOnce: AT_ONCE }));
      joins.push(join);
      there = count;
      idle.push(await hold(bench, server, count));
    }
    // The last step counts: the server has the most to look after then.
    const join = joins.at(-1);
    if (!join) throw new Error('nobody is to join: name numbers of viewers');

    bench.progress(`${there} viewers ask`);
    const asking = viewers;
    const ask = await spend(server, () => asking.ask(wishes.seconds, { atOnce: AT_ONCE }));
    for (const [what, { generator }] of Object.entries({ join, ask })) {
      if (generator > BUSY)
        bench.note(
          `${what}: the generator used ${percent(generator)} of its core; the rate is its own, too.`,
        );
    }
    const broken = await viewers.takeBroken();
    if (broken.length > 0) bench.discard(`${broken.length} connections broke, the first by "${broken[0]}"`);
    return { join, ask, idle };
  } finally {
    await viewers?.stop();
    await server.stop();
  }
}

/** What the server uses while nobody does anything. */
async function hold({ wishes, signal, progress }: Bench, server: Meshlift, viewers: number): Promise<Idle> {
  progress(`${viewers} viewers wait for ${wishes.seconds} s`);
  await wait(SETTLES_WITHIN_MS, undefined, { signal });
  const before = server.group.usage;
  const startedAt = performance.now();
  await wait(wishes.seconds * 1_000, undefined, { signal });
  const seconds = (performance.now() - startedAt) / 1_000;
  const { cpuSeconds, memory } = server.group.usage;
  return { viewers, memory, cpu: (cpuSeconds - before.cpuSeconds) / seconds };
}

async function spend({ group }: Meshlift, work: () => Promise<Answered>): Promise<Spent> {
  const before = group.usage.cpuSeconds;
  const { ms, seconds, utilisation } = check(await work());
  const count = ms.length;
  return {
    count,
    perSecond: count / seconds,
    perCpuSecond: count / (group.usage.cpuSeconds - before),
    p50: median(ms),
    p95: quantile(ms, 0.95),
    generator: utilisation,
  };
}

/** @throws Refused when some were: a rate that counts refusals is none */
function check(answered: Answered): Answered {
  const { failures, ms } = answered;
  if (failures.length > 0)
    throw new Refused(`${failures.length} of ${failures.length + ms.length} failed, first: ${failures[0]}`);
  return answered;
}

function figuresOf(rounds: readonly Round[]): Figure[] {
  const of = (id: string, title: string, unit: string, value: (round: Round) => number) =>
    figure({ id: `signaling.${id}`, title, unit }, rounds.map(value));
  return [
    of('joins-per-cpu-second', 'Viewers that join per CPU-second', '1/s', ({ join }) => join.perCpuSecond),
    of(
      'joins-per-second',
      `Viewers that join per second, ${AT_ONCE} at once`,
      '1/s',
      ({ join }) => join.perSecond,
    ),
    of('join-p50', 'From connecting to being let in, p50', 'ms', ({ join }) => join.p50),
    of('join-p95', 'From connecting to being let in, p95', 'ms', ({ join }) => join.p95),
    of('requests-per-cpu-second', 'Requests answered per CPU-second', '1/s', ({ ask }) => ask.perCpuSecond),
    of(
      'requests-per-second',
      `Requests answered per second, ${AT_ONCE} at once`,
      '1/s',
      ({ ask }) => ask.perSecond,
    ),
    of('request-p95', 'Time to answer a request, p95', 'ms', ({ ask }) => ask.p95),
    of('memory-per-idle-viewer', 'Memory per idle viewer', 'KB', ({ idle }) => slope(idle, memoryOf) / 1_000),
    of(
      'cpu-per-1000-idle',
      'Share of a core per 1000 idle viewers',
      '%',
      ({ idle }) => slope(idle, cpuOf) * 100_000,
    ),
  ];
}

const memoryOf = ({ memory }: Idle) => memory;
const cpuOf = ({ cpu }: Idle) => cpu;

/** What one more idle viewer adds. */
function slope(idle: readonly Idle[], value: (idle: Idle) => number): number {
  return fitLine(idle.map((step) => [step.viewers, value(step)])).slope;
}

function chartsOf(rounds: readonly Round[]): Chart[] {
  const byRound = (value: (idle: Idle) => number) =>
    rounds.map(({ idle }, index) => ({
      name: `round ${index + 1}`,
      points: idle.map((step): [number, number] => [step.viewers, value(step)]),
    }));
  return [
    {
      name: 'idle-memory',
      title: 'Memory of the server with viewers that wait',
      kind: 'line',
      x: 'idle viewers',
      y: 'MB',
      series: byRound(({ memory }) => memory / 1e6),
    },
    {
      name: 'idle-cpu',
      title: 'CPU of the server with viewers that wait',
      kind: 'line',
      x: 'idle viewers',
      y: '% of a core',
      series: byRound(({ cpu }) => cpu * 100),
    },
  ];
}

const percent = (share: number) => `${Math.round(share * 100)} %`;
