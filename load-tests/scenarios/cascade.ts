import { setTimeout as wait } from 'node:timers/promises';
import type { Audience } from '../lib/cluster/audience.ts';
import { ClusterUnderTest, until } from '../lib/cluster/cluster.ts';
import { Crowd } from '../lib/peers/crowd.ts';
import type { SeenFrame } from '../lib/peers/frame-course.ts';
import type { Figure } from '../lib/result.ts';
import { measureRounds } from '../lib/rounds.ts';
import type { Bench, Scenario } from '../lib/scenario.ts';
import { figure, median, quantile } from '../lib/statistics.ts';

/** So many come within a second to the node that is farthest from the publisher. */
const STORM = 100;
const STORM_MS = 1_000;

/** So many come one after another by a door whose media node is in another process. */
const JOINS = 20;

/** How long the nodes may take to leave nothing of a stream behind. */
const LEFT_WITHIN_MS = 15_000;

/** What the delay of one frame is taken from: when each of three viewers had it. */
interface Hops {
  viewers: number;
  /** Median delays of a frame, in ms: from the origin's viewer to that of the inner edge, and on to the outer one's. */
  inner: number;
  outer: number;
  /** How far apart the three viewers had the same frame, at most, in ms. */
  apart: number;
}

interface Round {
  /** Until the stream played on a node that had nothing of it, in ms. */
  firstOnEdge: number[];
  hops: Hops[];
  /** Until each viewer of the storm could show a frame, in ms. */
  storm: number[];
  /** Most requests for key frames that reached the publisher within any second of the storm. */
  keyFrameRequests: number;
  /** Until each of some viewers was let in whose media node is not in the process that serves them, in ms. */
  answered: number[];
  /** Messages through NATS for each further viewer on a node that carries the stream already. */
  messagesPerJoin: number;
  /** Until no node but the origin had anything of the stream, after the last viewer had left, in ms. */
  left: number;
  pipes: number;
}

export const cascade: Scenario = {
  name: 'cascade',
  title: 'From node to node',
  about:
    'What it costs that a stream passes two nodes on its way to the third: the delay of each, what a storm of viewers there asks of the publisher, and what joining takes.',
  usual: { rounds: 3, seconds: 5, viewers: [0, 200] },

  async run(bench) {
    const viewers = bench.wishes.viewers ?? this.usual.viewers ?? [];
    const rounds = await measureRounds(bench, (_, say) => measureRound(bench, viewers, say));
    bench.note('All nodes, publishers and viewers share the cores of one machine, and are held to none.');
    return {
      options: { ...bench.wishes, viewers, storm: STORM },
      figures: figures(rounds, viewers),
      charts: [],
      rounds,
    };
  },
};

async function measureRound(
  { clip, wishes, signal }: Bench,
  viewers: readonly number[],
  say: (doing: string) => void,
): Promise<Round> {
  say('three servers start');
  const cluster = await ClusterUnderTest.start({ counted: true });
  let crowd: Crowd | undefined;
  try {
    const add = (region: string) =>
      cluster.add('all', region, { env: { MESHLIFT_MAX_BRANCHES: '1', MESHLIFT_WORKERS: '2' } });
    // The door beside the outer node has viewers on a media node that is not its own.
    const [home, inner, outer, door] = await Promise.all([
      add('home'),
      add('inner'),
      add('outer'),
      cluster.add('signaling', 'outer'),
    ]);
    signal.throwIfAborted();
    const stream = await cluster.createStream(home);
    const publisher = await cluster.publish(home, stream, clip);
    const probes: Audience[] = [];
    const firstOnEdge: number[] = [];
    for (const { url } of [home, inner, outer]) {
      const probe = await cluster.audience();
      const [took = Number.NaN] = await probe.tasks.join([url], stream.streamId, 1);
      if (url !== home.url) firstOnEdge.push(took);
      probes.push(probe);
    }
    crowd = await Crowd.start();
    const plugin = { kind: 'plugin' as const, server: inner.url, streamId: stream.streamId };
    const hops: Hops[] = [];
    let there = 0;
    for (const number of viewers) {
      say(`delays with ${number} viewers on the inner node`);
      await crowd.join(plugin, number - there);
      there = number;
      signal.throwIfAborted();
      hops.push({ viewers: number, ...(await hopsOf(probes, wishes.seconds)) });
    }
    await crowd.leave();
    say('joins by a door whose media node is another process');
    const answered: number[] = [];
    const messagesPerJoin = await messagesOf(cluster, async () => {
      const joined = (await crowd?.join({ ...plugin, server: door.url }, JOINS, { atOnce: 1 })) ?? [];
      answered.push(...joined.flatMap((one) => ('failed' in one ? [] : one.answeredMs)));
      return JOINS;
    });
    await crowd.leave();
    say(`${STORM} viewers within a second`);
    const storming = await cluster.audience();
    const startedAt = performance.timeOrigin + performance.now();
    const storm = await storming.tasks.join([outer.url], stream.streamId, STORM, STORM_MS);
    const { requestedAt } = await publisher.counts();
    const requests = requestedAt.filter((at) => at >= startedAt);
    const pipes = (await inner.metric('meshlift_relays')) + (await outer.metric('meshlift_relays'));
    say('everybody leaves');
    await Promise.all([...probes, storming].map(({ tasks }) => tasks.leave()));
    const leftAt = performance.now();
    await until(
      async () =>
        (await Promise.all([inner, outer].map((one) => one.metric('meshlift_relays')))).every(
          (count) => count === 0,
        ),
      { withinMs: LEFT_WITHIN_MS, what: 'that no node but the origin has the stream' },
    );
    return {
      ...{ firstOnEdge, hops, storm, answered, messagesPerJoin, pipes },
      keyFrameRequests: mostWithin(requests, 1_000),
      left: performance.now() - leftAt,
    };
  } finally {
    await crowd?.stop();
    await cluster.stop();
  }
}

async function hopsOf(probes: readonly Audience[], seconds: number): Promise<Omit<Hops, 'viewers'>> {
  const since = performance.timeOrigin + performance.now();
  await wait(seconds * 1_000);
  const seen = await Promise.all(probes.map(async ({ tasks }) => (await tasks.frames(since))[0] ?? []));
  const [home = new Map(), inner = new Map(), outer = new Map()] = seen.map(timesOf);
  const common = [...home.keys()].filter((timestamp) => inner.has(timestamp) && outer.has(timestamp));
  const at = (times: Map<number, number>, timestamp: number) => times.get(timestamp) ?? Number.NaN;
  return {
    inner: median(common.map((timestamp) => at(inner, timestamp) - at(home, timestamp))),
    outer: median(common.map((timestamp) => at(outer, timestamp) - at(inner, timestamp))),
    apart: Math.max(
      ...common.map((timestamp) => {
        const times = [home, inner, outer].map((one) => at(one, timestamp));
        return Math.max(...times) - Math.min(...times);
      }),
    ),
  };
}

const timesOf = (frames: readonly SeenFrame[]) => new Map(frames.map(({ timestamp, at }) => [timestamp, at]));

/** How many messages through NATS something takes for each time it is done, above those that pass anyhow. */
async function messagesOf(cluster: ClusterUnderTest, act: () => Promise<number>): Promise<number> {
  const before = await cluster.messages();
  const idleFrom = performance.now();
  await wait(2_000);
  const idle = await cluster.messages();
  const rate = (idle - before) / (performance.now() - idleFrom);
  const from = performance.now();
  const times = await act();
  const after = await cluster.messages();
  return (after - idle - rate * (performance.now() - from)) / times;
}

/** The largest number of moments in any stretch of so many ms. */
function mostWithin(moments: readonly number[], ms: number): number {
  return Math.max(0, ...moments.map((from) => moments.filter((at) => at >= from && at < from + ms).length));
}

function figures(rounds: readonly Round[], viewers: readonly number[]): Figure[] {
  const hops = (number: number) =>
    rounds.flatMap((round) => round.hops.filter((one) => one.viewers === number));
  return [
    ...viewers.flatMap((number) => [
      figure(
        {
          id: `cascade.inner-hop-${number}`,
          title: `Delay that the first pipe adds, p50, ${number} viewers on the inner node`,
          unit: 'ms',
          aim: { is: 'at most', value: 0.5 },
        },
        hops(number).map(({ inner }) => inner),
      ),
      figure(
        {
          id: `cascade.outer-hop-${number}`,
          title: `Delay that the second pipe adds, p50, ${number} viewers on the inner node`,
          unit: 'ms',
          aim: { is: 'at most', value: 0.5 },
        },
        hops(number).map(({ outer }) => outer),
      ),
    ]),
    figure(
      {
        id: 'cascade.apart',
        title: 'The same frame at viewers of all three nodes, farthest apart',
        unit: 'ms',
        aim: { is: 'at most', value: 300 },
      },
      rounds.flatMap((round) => round.hops.map(({ apart }) => apart)),
    ),
    figure(
      { id: 'cascade.first-on-edge', title: 'Until the first viewer of a node plays', unit: 'ms' },
      rounds.flatMap(({ firstOnEdge }) => firstOnEdge),
    ),
    figure(
      {
        id: 'cascade.storm-p95',
        title: `Until a frame can be shown, p95 of ${STORM} viewers within a second at depth 3`,
        unit: 'ms',
        aim: { is: 'at most', value: 2_000 },
      },
      rounds.map(({ storm }) => quantile(storm, 0.95)),
    ),
    figure(
      {
        id: 'cascade.key-frame-requests',
        title: 'Requests for key frames that reach the publisher meanwhile, most within a second',
        unit: '',
        aim: { is: 'at most', value: 2 },
      },
      rounds.map(({ keyFrameRequests }) => keyFrameRequests),
    ),
    figure(
      {
        id: 'cascade.answered',
        title: 'Until a viewer is let in whose media node is another process',
        unit: 'ms',
      },
      rounds.flatMap(({ answered }) => answered),
    ),
    figure(
      { id: 'cascade.messages-per-join', title: 'Messages through NATS for such a join', unit: '' },
      rounds.map(({ messagesPerJoin }) => messagesPerJoin),
    ),
    figure(
      {
        id: 'cascade.pipes',
        title: 'Pipes, with viewers on two nodes besides the origin',
        unit: '',
        aim: { is: 'at most', value: 2 },
      },
      rounds.map(({ pipes }) => pipes),
    ),
    figure(
      {
        id: 'cascade.left',
        title: 'Until nothing is left on these, after the last viewer',
        unit: 'ms',
        aim: { is: 'at most', value: 5_000 },
      },
      rounds.map(({ left }) => left),
    ),
  ].filter(({ samples }) => samples > 0);
}
