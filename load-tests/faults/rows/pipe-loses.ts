import { setTimeout as wait } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { machineScene } from './machine-scene.ts';

const WATCHED_MS = 5_000;
const LOST = 0.1;

export const pipeLoses: Fault = {
  row: 13,
  title: 'A pipe loses 10 % of its packets',
  needsMachines: true,
  bounds: [
    {
      id: 'rate',
      title: 'frames that can be shown, of those that are sent',
      unit: '%',
      is: 'at least',
      value: 90,
      of: 'p95',
    },
  ],
  async prepare(bench) {
    const { machine, there } = await machineScene(bench);
    return {
      strike: async () => {
        await there.settle();
        machine.losePipePackets(LOST);
        const since = performance.timeOrigin + performance.now();
        await wait(WATCHED_MS);
        const courses = await there.courses(since);
        machine.losePipePackets(0);
        await there.tasks.forget();
        const sent = (bench.clip.frameRate * WATCHED_MS) / 1_000;
        return { rate: courses.map(({ frames }) => Math.min(100, (frames / sent) * 100)) };
      },
      end: async () => machine.close(),
    };
  },
};
