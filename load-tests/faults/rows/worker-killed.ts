import type { Fault } from '../fault.ts';
import { coursesDuring, gapsOf } from '../gaps.ts';
import { edgeScene } from './edge-killed.ts';
import { NOBODY_ELSE } from './nobody-else.ts';

export const workerKilled: Fault = {
  row: 1,
  title: 'A worker of an edge is killed',
  bounds: [
    { id: 'gap', title: 'its viewers without frames', unit: 'ms', is: 'at most', value: 2_000, of: 'p95' },
    NOBODY_ELSE,
  ],
  async prepare(bench) {
    const { here, there, busiest, replace } = await edgeScene(bench, 2);
    let turn = 0;
    return {
      strike: async (isLast) => {
        const edge = await busiest();
        const { workers } = edge;
        const pid = workers[turn++ % workers.length] ?? 0;
        const [theirs = [], others = []] = await coursesDuring([there, here], () =>
          process.kill(pid, 'SIGKILL'),
        );
        // Those on the other worker were not hit.
        const hit = theirs.filter(({ joins, replaced }) => joins + replaced > 0);
        const spared = theirs.filter(({ joins, replaced }) => joins + replaced === 0);
        if (!isLast) await replace(edge);
        return { gap: gapsOf(hit), others: gapsOf([...others, ...spared]) };
      },
    };
  },
};
