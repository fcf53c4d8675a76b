import { setTimeout as wait } from 'node:timers/promises';
import { PassersBy } from '../lib/peers/passers-by.ts';
import { Publisher } from '../lib/peers/publisher.ts';
import { startMeshlift } from '../lib/relays/meshlift.ts';
import { type State, Watch } from '../lib/relays/watch.ts';
import type { Chart, Figure } from '../lib/result.ts';
import { measureRounds } from '../lib/rounds.ts';
import type { Bench, Measured, Scenario } from '../lib/scenario.ts';
import { figure, median, sum } from '../lib/statistics.ts';

const USUAL_VIEWERS = 60;

/**
 * Before the comparison as many come, go and vanish for a part of the time: code is compiled by then, and pools have
 * the size that as many need.
 */
const WARM_UP_PART = 1 / 5;

/** How long the server rests before it is looked at, in seconds, and what part of the whole that is at most. */
const RESTS = 10;
const REST_PART = 1 / 60;

/** A picture needs no more points than this. */
const POINTS = 400;

/** The server may take this long to miss those who vanished, in ms; its own deadlines are about a minute. */
const LETS_GO_WITHIN_MS = 120_000;

interface Round {
  joined: number;
  vanished: number;
  failures: string[];
  /** How long the server took to miss the last of them, in seconds. */
  letGo: number;
  before: State;
  after: State;
  course: State[];
}

export const churn: Scenario = {
  name: 'churn',
  title: 'Coming and going',
  about: 'Whether the server is back where it was when many have come and gone.',
  usual: { rounds: 1, seconds: 600, viewers: [USUAL_VIEWERS] },

  async run(bench: Bench): Promise<Measured> {
    const { wishes } = bench;
    const viewers = wishes.viewers?.[0] ?? USUAL_VIEWERS;
    const rounds = await measureRounds(bench, (_, say) => measureRound(bench, viewers, say));
    bench.note(
      `Everything is compared between two like moments: everybody has gone, and the server has let go of them; ` +
        'before after a short round of coming and going, after when the long one is over. Garbage is ' +
        'collected when Node.js sees fit, and what has not been collected counts.',
    );
    for (const { joined, vanished, failures } of rounds)
      bench.note(
        `${joined} came by WHEP and by the plugin's messages, ${vanished} of them vanished without a word; ` +
          `${failures.length} did not get in${failures[0] ? `, the first for "${failures[0]}"` : ''}.`,
      );
    return {
      options: { rounds: rounds.length, seconds: wishes.seconds, viewers },
      figures: figuresOf(rounds),
      charts: chartsOf(rounds),
      rounds,
    };
  },
};

async function measureRound(bench: Bench, present: number, say: (doing: string) => void): Promise<Round> {
  const { cores, clip, signal, wishes } = bench;
  const server = await startMeshlift({ core: cores.relay });
  const watch = new Watch(server);
  let publisher: Publisher | undefined;
  let viewers: PassersBy | undefined;
  try {
    publisher = await Publisher.start(server.ingest, { clip, core: cores.load });
    viewers = await PassersBy.start(server.doors, { present, core: cores.load });
    say('warming up: as many come and go for a fifth of the time');
    await viewers.pass(wishes.seconds * WARM_UP_PART, signal);
    await letGo(watch, signal);
    const before = await rest(bench, watch);
    const earlier = { joined: viewers.joined, vanished: viewers.vanished };

    say(`about ${present} come and go for ${wishes.seconds} s`);
    await viewers.pass(wishes.seconds, signal);
    say('everybody has gone; the server finds out');
    const letGoMs = await letGo(watch, signal);
    const after = await rest(bench, watch);
    if (letGoMs > LETS_GO_WITHIN_MS)
      bench.note(`After ${LETS_GO_WITHIN_MS / 1_000} s the server still held on to somebody.`);
    const { joined, vanished, failures } = viewers;
    return {
      joined: joined - earlier.joined,
      vanished: vanished - earlier.vanished,
      failures: [...failures],
      letGo: letGoMs / 1_000,
      before,
      after,
      course: watch.course,
    };
  } finally {
    await watch.close();
    await viewers?.stop();
    await publisher?.stop();
    await server.stop();
  }
}

/**
 * Waits until only the publisher is left.
 *
 * @returns how long that took in ms; more than it may take when the server holds on to somebody
 */
async function letGo(watch: Watch, signal: AbortSignal): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const { viewers, sessions, edges } = await watch.next(signal);
    const ms = performance.now() - startedAt;
    if ((viewers === 0 && sessions <= 1 && edges === 0) || ms > LETS_GO_WITHIN_MS) return ms;
  }
}

/** How things stand when nobody is there; the memory is the median over the rest. */
async function rest({ wishes, signal }: Bench, watch: Watch): Promise<State> {
  const from = watch.course.length;
  await wait(Math.min(RESTS, wishes.seconds * REST_PART) * 1_000, undefined, { signal });
  const last = await watch.next(signal);
  return { ...last, memory: median(watch.course.slice(from).map(({ memory }) => memory)) };
}

function figuresOf(rounds: readonly Round[]): Figure[] {
  const nothing = { is: 'at most', value: 0 } as const;
  const grown = (what: 'descriptors' | 'sessions' | 'viewers' | 'edges' | 'relays') =>
    rounds.map(({ before, after }) => after[what] - before[what]);
  return [
    figure(
      {
        id: 'churn.memory',
        title: 'Memory afterwards, over that before',
        unit: '',
        aim: { is: 'at most', value: 1.1 },
      },
      rounds.map(({ before, after }) => after.memory / before.memory),
    ),
    figure(
      { id: 'churn.transports', title: 'Transports left over', unit: '', aim: nothing },
      grown('sessions'),
    ),
    figure(
      { id: 'churn.descriptors', title: 'Descriptors left over', unit: '', aim: nothing },
      grown('descriptors'),
    ),
    figure(
      { id: 'churn.routers', title: 'Routers left over', unit: '', aim: nothing },
      rounds.map((_, index) => sum([grown('edges')[index] ?? 0, grown('relays')[index] ?? 0])),
    ),
    figure({ id: 'churn.viewers', title: 'Viewers left over', unit: '', aim: nothing }, grown('viewers')),
    figure(
      { id: 'churn.lets-go-within', title: 'Until all who vanished are missed', unit: 's' },
      rounds.map(({ letGo: seconds }) => seconds),
    ),
    figure(
      { id: 'churn.failures', title: 'Viewers that did not get in', unit: '' },
      rounds.map(({ failures }) => failures.length),
    ),
  ];
}

/** The course of the first round. */
function chartsOf([round]: readonly Round[]): Chart[] {
  if (!round) return [];
  const step = Math.ceil(round.course.length / POINTS);
  const shown = round.course.filter((_, index) => index % step === 0);
  const line = (name: string, value: (state: State) => number) => ({
    name,
    points: shown.map((state): [number, number] => [Math.round(state.at), value(state)]),
  });
  return [
    {
      name: 'course',
      title: 'A server while viewers come and go',
      kind: 'line',
      x: 'seconds',
      y: 'MB, or how many',
      series: [
        line('memory (MB)', ({ memory }) => memory / 1e6),
        line('viewers, by the server', ({ viewers }) => viewers),
        line('descriptors', ({ descriptors }) => descriptors),
      ],
    },
  ];
}
