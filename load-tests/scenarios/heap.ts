import { type Meshlift, startMeshlift } from '../lib/relays/meshlift.ts';
import type { Door } from '../lib/relays/relay.ts';
import { measureRounds, rotated } from '../lib/rounds.ts';
import type { Bench, Measured, Scenario } from '../lib/scenario.ts';
import { onStage, type Stage } from '../lib/stage.ts';
import { figure } from '../lib/statistics.ts';

const USUAL_VIEWERS = 1_000;

/**
 * So many come and go before the comparison, and more before a long one: code is compiled by then, and what is
 * remembered of the last minutes is remembered.
 */
const FEWEST_TO_WARM_UP = 150;
const WARM_UP_PART = 1 / 2;

/** Each viewer that comes alone has the server make an edge for it, and take it down again. */
const ALONE = 1;

/** Residents come in groups, until newcomers are sent to another worker. */
const RESIDENTS_AT_ONCE = 20;
const MOST_RESIDENTS = 400;

/** The server may take this long to let go of those who have said goodbye. */
const LETS_GO_WITHIN_MS = 10_000;

interface Way {
  id: string;
  title: string;
  door: Door['kind'];
  workers: number;
  /** How many edges the server has while the viewer is there, over those of the residents. */
  edges: number;
}

const ways: readonly Way[] = [
  { id: 'plugin-origin', title: 'plugin, at the origin', door: 'plugin', workers: 1, edges: 0 },
  { id: 'plugin-worker', title: 'plugin, edge on another worker', door: 'plugin', workers: 2, edges: 1 },
  { id: 'whep', title: 'WHEP, edge for its payload types', door: 'whep', workers: 1, edges: 1 },
  { id: 'whep-worker', title: 'WHEP, such an edge on another worker', door: 'whep', workers: 2, edges: 1 },
];

interface Round {
  way: string;
  viewers: number;
  residents: number;
  before: number;
  after: number;
  perViewer: number;
}

export const heap: Scenario = {
  name: 'heap',
  title: 'Memory of those who have gone',
  about:
    'What each viewer that came and went leaves behind in the heap of Node.js while a stream is live, through each door and on each kind of edge.',
  usual: { rounds: 1, seconds: 0, viewers: [USUAL_VIEWERS] },

  async run(bench: Bench): Promise<Measured> {
    const viewers = bench.wishes.viewers?.[0] ?? USUAL_VIEWERS;
    const rounds = await measureRounds(bench, async (index, say) => {
      const measured: Round[] = [];
      for (const way of rotated(waysFor(bench), index))
        measured.push(await measure(bench, way, viewers, say));
      return measured;
    });
    bench.note(
      'Viewers come one after another, each when the one before has gone, so that each has an edge of its own. ' +
        'The heap is compared after collections of garbage, and after half as many have come and gone before.',
    );
    return {
      options: { rounds: rounds.length, viewers },
      figures: waysFor(bench).map(({ id, title }) =>
        figure(
          {
            id: `heap.${id}`,
            title: `Heap left by a viewer: ${title}`,
            unit: 'bytes',
            aim: { is: 'at most', value: 1_024 },
          },
          rounds.flat().flatMap(({ way, perViewer }) => (way === id ? [perViewer] : [])),
        ),
      ),
      charts: [],
      rounds,
    };
  },
};

/** A short run leaves out the ways that take an audience to be sent to another worker. */
function waysFor({ wishes }: Bench): readonly Way[] {
  const short = (wishes.viewers?.[0] ?? USUAL_VIEWERS) < USUAL_VIEWERS / 2;
  return ways.filter(({ workers }) => !short || workers === 1);
}

function measure(bench: Bench, way: Way, viewers: number, say: (doing: string) => void): Promise<Round> {
  const { cores, signal } = bench;
  const startRelay = () => startMeshlift({ core: cores.relay, workers: way.workers, inspected: true });
  return onStage(bench, startRelay, async (stage) => {
    const door = stage.relay.doors.find(({ kind }) => kind === way.door);
    if (!door) throw new Error(`there is no door by ${way.door}`);
    const pass = async (count: number) => {
      for (let viewer = 0; viewer < count; viewer += 1) {
        signal.throwIfAborted();
        await comeAndGo(stage, door);
      }
    };
    say(`${way.title}: warming up`);
    const residents = way.workers > 1 ? await fill(bench, stage, door) : 0;
    await assertEdges(stage, door, way);
    await pass(Math.max(FEWEST_TO_WARM_UP, Math.ceil(viewers * WARM_UP_PART)));
    const before = await restingHeap(stage.relay, residents);
    say(`${way.title}: ${viewers} come and go`);
    await pass(viewers);
    const after = await restingHeap(stage.relay, residents);
    const perViewer = Math.max(0, (after - before) / viewers);
    return { way: way.id, viewers, residents, before, after, perViewer };
  });
}

async function comeAndGo({ crowd }: Stage<Meshlift>, door: Door): Promise<void> {
  // Nobody waits for a key frame, which the publisher sends at most twice a second.
  const [joined] = await crowd.join(door, ALONE, { untilConnected: true });
  if (!joined || 'failed' in joined) throw new Error(`a viewer did not get in: ${joined?.failed}`);
  await crowd.leaveLast(ALONE);
}

/** Brings in residents until the next one is sent to another worker, by way of which it is seen. */
async function fill({ signal }: Bench, { relay, crowd }: Stage<Meshlift>, door: Door): Promise<number> {
  const others = async () => Math.min(...(await viewersOfWorkers(relay)));
  for (let residents = 0; residents < MOST_RESIDENTS; residents += RESIDENTS_AT_ONCE) {
    signal.throwIfAborted();
    await crowd.join(door, RESIDENTS_AT_ONCE, { atOnce: 1 });
    const elsewhere = await others();
    if (elsewhere === 0) continue;
    // Those who came last are elsewhere: they go, so that newcomers have the other worker to themselves.
    await crowd.leaveLast(elsewhere);
    return residents + RESIDENTS_AT_ONCE - elsewhere;
  }
  throw new Error(`${MOST_RESIDENTS} viewers were all kept on one worker`);
}

async function viewersOfWorkers(relay: Meshlift): Promise<number[]> {
  const name = (worker: number) => `meshlift_worker_viewers{worker="${worker}"}`;
  return Promise.all([relay.metric(name(0)), relay.metric(name(1))]);
}

/** @throws Error when viewers do not get the kind of edge that is to be measured */
async function assertEdges({ relay, crowd }: Stage<Meshlift>, door: Door, way: Way): Promise<void> {
  const before = await relay.metric('meshlift_edges');
  await crowd.join(door, ALONE);
  const edges = (await relay.metric('meshlift_edges')) - before;
  await crowd.leaveLast(ALONE);
  if (edges !== way.edges) throw new Error(`${way.title}: a viewer had ${edges} edges made for it`);
}

async function restingHeap(relay: Meshlift, residents: number): Promise<number> {
  const until = performance.now() + LETS_GO_WITHIN_MS;
  while ((await relay.metric('meshlift_viewers')) > residents) {
    if (performance.now() > until) throw new Error('the server holds on to viewers that have gone');
  }
  return relay.heap();
}
