import { setTimeout as wait } from 'node:timers/promises';
import { until } from '../../lib/cluster/cluster.ts';
import type { Fault } from '../fault.ts';
import { coursesDuring, gapsOf } from '../gaps.ts';
import { edgeScene } from './edge-killed.ts';
import { NO_JOINS, NOBODY_ELSE } from './nobody-else.ts';

const STOPPED_MS = 10_000;

export const edgeStopped: Fault = {
  row: 11,
  title: 'An edge stands still for 10 s, with its worker, and goes on',
  bounds: [
    { id: 'gap', title: 'its viewers without frames', unit: 'ms', is: 'at most', value: 5_000, of: 'p95' },
    {
      id: 'letsGo',
      title: 'until it has let go of them, after waking',
      unit: 'ms',
      is: 'at most',
      value: 1_000,
      of: 'worst',
    },
    NOBODY_ELSE,
    NO_JOINS,
  ],
  async prepare(bench) {
    const { here, there, busiest } = await edgeScene(bench);
    return {
      strike: async () => {
        const edge = await busiest();
        const [theirs = [], others = []] = await coursesDuring([there, here], async () => {
          edge.pause();
          await wait(STOPPED_MS);
        });
        const woken = performance.now();
        edge.resume();
        await until(async () => (await edge.viewers()) === 0, { what: 'that it lets go' });
        return {
          gap: gapsOf(theirs),
          letsGo: [performance.now() - woken],
          others: gapsOf(others),
          otherJoins: others.map(({ joins }) => joins),
        };
      },
    };
  },
};
