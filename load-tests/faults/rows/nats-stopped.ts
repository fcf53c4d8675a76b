import { setTimeout as wait } from 'node:timers/promises';
import { Crowd } from '../../lib/peers/crowd.ts';
import type { Fault } from '../fault.ts';
import { coursesDuring, gapsOf } from '../gaps.ts';
import { edgeScene } from './edge-killed.ts';
import { NO_JOINS, NOBODY_ELSE } from './nobody-else.ts';

const AWAY_MS = 30_000;
const SHORT_AWAY_MS = 5_000;
const JOIN_EVERY_MS = 2_500;

export const natsStopped: Fault = {
  row: 8,
  title: 'NATS is stopped for 30 s',
  bounds: [
    { ...NOBODY_ELSE, title: 'viewers without frames' },
    { ...NO_JOINS, title: 'how often viewers had to join again' },
    {
      id: 'join',
      title: 'until somebody who comes meanwhile plays or is refused',
      unit: 'ms',
      is: 'at most',
      value: 2_000,
      of: 'worst',
    },
  ],
  async prepare(bench) {
    const { cluster, short } = bench;
    const { here, there, door, stream } = await edgeScene(bench);
    const comers = await Crowd.start();
    const plugin = { kind: 'plugin' as const, server: door.url, streamId: stream.streamId };
    return {
      strike: async () => {
        const join: number[] = [];
        const courses = await coursesDuring([there, here], async () => {
          await cluster.nats.kill();
          const until = performance.now() + (short ? SHORT_AWAY_MS : AWAY_MS);
          while (performance.now() < until) {
            await wait(JOIN_EVERY_MS);
            const from = performance.now();
            await comers.join(plugin, 1);
            join.push(performance.now() - from);
          }
          await cluster.nats.start();
          await cluster.agree();
        });
        await comers.leave();
        return {
          others: gapsOf(courses.flat()),
          otherJoins: courses.flat().map(({ joins }) => joins),
          join,
        };
      },
      end: () => comers.stop(),
    };
  },
};
