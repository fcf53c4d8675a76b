import type { Crowd } from '../lib/peers/crowd.ts';
import { type Meshlift, startMeshlift, sumOf } from '../lib/relays/meshlift.ts';
import type { Door } from '../lib/relays/relay.ts';
import { measureRounds, rotated } from '../lib/rounds.ts';
import type { Bench, Measured, Scenario } from '../lib/scenario.ts';
import { onStage, type Stage } from '../lib/stage.ts';
import { figure } from '../lib/statistics.ts';

const USUAL_VIEWERS = 1_000;

/** So many come and go before the comparison, or as many as are compared: code is compiled by then. */
const FEWEST_TO_WARM_UP = 300;

/** Each viewer that comes alone has the server make an edge for it, and take it down again. */
const ALONE = 1;

/**
 * The first worker is full when so many newcomers in a row are sent to another one. For the first seconds placement
 * assumes how much a stream sends; when it has measured that, more may fit the first worker.
 */
const ELSEWHERE_IN_A_ROW = 3;
const MOST_RESIDENTS = 400;

/**
 * So often, on the way, residents that were lost are replaced, and it is checked that newcomers have the edges that are
 * to be measured. Viewers that get no time, since the machine is busy, stop asking for consent after a while.
 */
const MADE_READY_EVERY = 100;

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
        'The heap is compared after collections of garbage, and after as many have come and gone before.',
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
    let residents = 0;
    let lost = 0;
    const ready = async () => {
      if (way.workers > 1) {
        const there = await stage.relay.metric('meshlift_viewers');
        lost += Math.max(0, residents - there);
        residents = there + (await fillFirstWorker(bench, stage, door));
      }
      await assertEdges(stage, door, way);
    };
    const pass = async (count: number) => {
      for (let viewer = 0; viewer < count; viewer += 1) {
        signal.throwIfAborted();
        if (viewer % MADE_READY_EVERY === 0) await ready();
        await comeAndGo(stage, door);
      }
      await ready();
      return restingHeap(stage.relay, residents);
    };
    say(`${way.title}: warming up`);
    const before = await pass(Math.max(FEWEST_TO_WARM_UP, viewers));
    say(`${way.title}: ${viewers} come and go`);
    const after = await pass(viewers);
    if (lost > 0) bench.note(`${way.title}: ${lost} residents were lost on the way, and replaced.`);
    const perViewer = Math.max(0, (after - before) / viewers);
    return { way: way.id, viewers, residents, before, after, perViewer };
  });
}

async function comeAndGo({ crowd }: Stage<Meshlift>, door: Door): Promise<void> {
  await come(crowd, door);
  await crowd.leaveLast(ALONE);
}

/** @throws Error when the viewer does not get in */
async function come(crowd: Crowd, door: Door): Promise<void> {
  // Nobody waits for a key frame, which the publisher sends at most twice a second.
  const [joined] = await crowd.join(door, ALONE, { untilConnected: true });
  if (!joined || 'failed' in joined) throw new Error(`a viewer did not get in: ${joined?.failed}`);
}

/**
 * Brings in residents until newcomers are sent to another worker. Nobody stays there: it is for them alone.
 *
 * @returns how many more residents there are now
 */
async function fillFirstWorker(
  { signal }: Bench,
  { relay, crowd }: Stage<Meshlift>,
  door: Door,
): Promise<number> {
  let elsewhere = 0;
  for (let residents = 0; residents < MOST_RESIDENTS; ) {
    signal.throwIfAborted();
    await come(crowd, door);
    if (elsewhereIn(await relay.metrics()) === 0) {
      residents += 1;
      elsewhere = 0;
      continue;
    }
    await crowd.leaveLast(ALONE);
    elsewhere += 1;
    if (elsewhere === ELSEWHERE_IN_A_ROW) return residents;
  }
  throw new Error(`${MOST_RESIDENTS} viewers were all kept on one worker`);
}

/** How many viewers are on the worker that has fewer of them; 0 where there is but one. */
function elsewhereIn(metrics: string): number {
  return Math.min(...[0, 1].map((worker) => sumOf(metrics, `meshlift_worker_viewers{worker="${worker}"}`)));
}

/** @throws Error when viewers do not get the kind of edge that is to be measured */
async function assertEdges({ relay, crowd }: Stage<Meshlift>, door: Door, way: Way): Promise<void> {
  const before = await relay.metrics();
  await come(crowd, door);
  const after = await relay.metrics();
  await crowd.leaveLast(ALONE);
  const edges = sumOf(after, 'meshlift_edges') - sumOf(before, 'meshlift_edges');
  const elsewhere = elsewhereIn(after) - elsewhereIn(before);
  if (edges !== way.edges || elsewhere !== way.workers - 1)
    throw new Error(`${way.title}: a viewer had ${edges} edges made for it, and ${elsewhere} was elsewhere`);
}

async function restingHeap(relay: Meshlift, residents: number): Promise<number> {
  const until = performance.now() + LETS_GO_WITHIN_MS;
  while ((await relay.metric('meshlift_viewers')) > residents) {
    if (performance.now() > until) throw new Error('the server holds on to viewers that have gone');
  }
  return relay.heap();
}
