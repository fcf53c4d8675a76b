import { setPriority } from 'node:os';
import type { HeardRoom } from '../../client-plugin/e2e/support/heard-room.ts';
import { totalMs } from '../../client-plugin/e2e/support/switch-figures.ts';
import { HeardRooms, ROOM_PICTURE } from '../lib/browser/heard-rooms.ts';
import type { Crowd } from '../lib/peers/crowd.ts';
import { type Meshlift, startMeshlift } from '../lib/relays/meshlift.ts';
import type { Bench, Scenario } from '../lib/scenario.ts';
import { onStage, type Stage } from '../lib/stage.ts';
import {
  fullMachine,
  outgrows,
  type SwitchSeen,
  switchCharts,
  switchFigures,
  type Way,
} from '../lib/switch-gaps.ts';

const PEOPLE = [2, 3, 4, 5, 6];
const OTHERS = 200;

/** In this order, since a room begins on the mesh. */
const WAYS: readonly { mode: 'sfu' | 'mesh'; way: Way }[] = [
  { mode: 'sfu', way: 'to the relay' },
  { mode: 'mesh', way: 'to the mesh' },
];

/** How those who have just come or gone may take until everything runs evenly, in seconds. */
const SETTLE = 2;

/** More than this lost on the way to the others, and they are not carried. */
const MOST_LOST = 0.001;

export const switchScenario: Scenario = {
  name: 'switch',
  title: 'Switches beside an audience',
  about:
    'How long pictures stand still and nothing is heard when rooms of 2 to 6 move to the relay and back, while it carries 200 viewers of another stream.',
  usual: { rounds: 5, seconds: 5, viewers: [OTHERS] },

  async run(bench) {
    const others = Math.max(...(bench.wishes.viewers ?? [OTHERS]));
    const all: SwitchSeen[] = [];
    await onStage(
      bench,
      () => startMeshlift({ core: bench.cores.relay }),
      async (stage) => {
        letPass(stage.relay.group.pids);
        const rooms = await HeardRooms.start();
        try {
          for (const people of PEOPLE) {
            if (await measureRoom(bench, stage, rooms, { people, others, all })) continue;
            bench.note(
              `Rooms of more than ${people} were not tried: this one already was too much for the machine.`,
            );
            break;
          }
        } finally {
          await rooms.stop();
        }
      },
    );
    bench.note(
      'Everybody in a room is a page of one browser, which is held to no core; the relay comes before it where both want the same one.',
    );
    const full = fullMachine(all);
    if (full) bench.note(full);
    const { rounds, seconds } = bench.wishes;
    return {
      options: { rounds, seconds, viewers: others, people: PEOPLE, picture: ROOM_PICTURE },
      figures: switchFigures(all, others),
      charts: switchCharts(all, others),
      rounds: all,
    };
  },
};

/** Puts the relay before the browser, which would not be on its machine. Only the system's owner may ask for that. */
function letPass(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      setPriority(pid, -15);
    } catch {
      return;
    }
  }
}

/**
 * The same room by itself, and then beside the others.
 *
 * @param options.all gets what is seen
 * @returns whether all of it could be measured
 */
async function measureRoom(
  bench: Bench,
  { relay, crowd }: Stage<Meshlift>,
  rooms: HeardRooms,
  { people, others, all }: { people: number; others: number; all: SwitchSeen[] },
): Promise<boolean> {
  bench.progress(`${people} people meet`);
  try {
    const room = await rooms.gather(relay.url, people);
    try {
      all.push(...(await measureSwitches(bench, room, crowd, people, 0)));
      if (outgrows(all, people, others)) {
        bench.discard(`${people} people beside ${others} viewers: this machine is too small for both`);
        return false;
      }
      await bring(bench, relay, crowd, others);
      all.push(...(await measureSwitches(bench, room, crowd, people, others)));
      return true;
    } finally {
      await room.close();
      await crowd.leave();
    }
  } catch (error) {
    bench.signal.throwIfAborted();
    // One room that comes to nothing does not take what is known of the others with it.
    bench.discard(`${people} people: ${firstLine(error)}`);
    return false;
  }
}

async function bring(bench: Bench, relay: Meshlift, crowd: Crowd, others: number): Promise<void> {
  bench.progress(`${others} viewers come in`);
  const joined = await crowd.join(relay.doors[0], others);
  const failed = joined.filter((one) => 'failed' in one).length;
  if (failed > 0) bench.note(`${failed} of ${others} viewers did not come in.`);
  await crowd.count(SETTLE);
}

async function measureSwitches(
  bench: Bench,
  room: HeardRoom,
  crowd: Crowd,
  people: number,
  others: number,
): Promise<SwitchSeen[]> {
  const all: SwitchSeen[] = [];
  await room.meet();
  for (let round = 0; round < bench.wishes.rounds; round += 1) {
    for (const { mode, way } of WAYS) {
      bench.signal.throwIfAborted();
      bench.progress(
        `${people} people ${way} beside ${others} viewers, ${round + 1} of ${bench.wishes.rounds}`,
      );
      const counting = crowd.count(bench.wishes.seconds);
      // When the run is stopped meanwhile, the crowd is gone before it has counted.
      counting.catch(() => undefined);
      try {
        const { picturesMs, sounds, load } = await room.switchTo(mode);
        const silencesMs = sounds.map(({ silences }) => totalMs(silences));
        all.push({ people, others, way, round, picturesMs, silencesMs, busy: load });
      } catch (error) {
        bench.signal.throwIfAborted();
        bench.discard(`${people} people ${way} beside ${others} viewers: ${firstLine(error)}`);
      }
      const { received, lost } = await counting;
      if (lost > MOST_LOST * (received + lost)) {
        bench.note(
          `${((lost * 100) / (received + lost)).toFixed(1)} % of the packets to ${others} viewers were lost while ${people} people went ${way}.`,
        );
      }
      await room.meet();
    }
  }
  return all;
}

const firstLine = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
