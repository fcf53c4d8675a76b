import type { Fault } from '../fault.ts';
import { coursesDuring, gapsOf } from '../gaps.ts';
import { machineScene } from './machine-scene.ts';
import { NO_JOINS, NOBODY_ELSE } from './nobody-else.ts';

export const machineVanishes: Fault = {
  row: 3,
  title: 'The machine of an edge vanishes without a word',
  needsMachines: true,
  bounds: [
    { id: 'gap', title: 'its viewers without frames', unit: 'ms', is: 'at most', value: 5_000, of: 'p95' },
    NOBODY_ELSE,
    NO_JOINS,
  ],
  async prepare(bench) {
    const scene = await machineScene(bench);
    const { machine, here, there, door, stream, start } = scene;
    let { edge } = scene;
    return {
      strike: async (isLast) => {
        const [theirs = [], others = []] = await coursesDuring([there, here], () => machine.unplug());
        if (!isLast) {
          await bench.cluster.kill(edge);
          machine.plugIn();
          edge = await start();
          await there.tasks.leave();
          await there.tasks.join([door.url], stream.streamId, theirs.length);
        }
        return {
          gap: gapsOf(theirs),
          others: gapsOf(others),
          otherJoins: others.map(({ joins }) => joins),
        };
      },
      end: async () => machine.close(),
    };
  },
};
