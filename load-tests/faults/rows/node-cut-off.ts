import { setTimeout as wait } from 'node:timers/promises';
import type { Fault } from '../fault.ts';
import { coursesDuring, gapsOf } from '../gaps.ts';
import { machineScene } from './machine-scene.ts';
import { NO_JOINS, NOBODY_ELSE } from './nobody-else.ts';

const CUT_OFF_MS = 15_000;

export const nodeCutOff: Fault = {
  row: 10,
  title: 'An edge is cut off from NATS alone, for 15 s',
  needsMachines: true,
  bounds: [
    { ...NOBODY_ELSE, title: 'viewers without frames' },
    { ...NO_JOINS, title: 'how often viewers had to join again' },
  ],
  async prepare(bench) {
    const { machine, here, there } = await machineScene(bench);
    return {
      strike: async () => {
        const courses = await coursesDuring([there, here], async () => {
          machine.cutOffFrom(bench.cluster.nats.port);
          await wait(CUT_OFF_MS);
          machine.restore();
          await bench.cluster.agree();
        });
        return {
          others: gapsOf(courses.flat()),
          otherJoins: courses.flat().map(({ joins }) => joins),
        };
      },
      end: async () => machine.close(),
    };
  },
};
