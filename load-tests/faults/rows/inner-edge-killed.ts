import type { Member } from '../../lib/cluster/member.ts';
import type { Fault } from '../fault.ts';
import { coursesDuring, gapsOf } from '../gaps.ts';

export const innerEdgeKilled: Fault = {
  row: 4,
  title: 'An inner edge is killed that feeds two others',
  bounds: [
    {
      id: 'gap',
      title: 'viewers of the others without frames',
      unit: 'ms',
      is: 'at most',
      value: 2_000,
      of: 'p95',
    },
    {
      id: 'rejoins',
      title: 'of them that had to join again',
      unit: '',
      is: 'at most',
      value: 0,
      of: 'worst',
    },
  ],
  async prepare({ cluster, clip, short }) {
    // The origin feeds two nodes: the inner edge and another. What comes after hangs below the inner edge.
    const home = await cluster.add('all', 'home', { env: { MESHLIFT_MAX_BRANCHES: '2' } });
    const add = (region: string) => cluster.add('all', region);
    const [beside, ...leaves] = await Promise.all([add('beside'), add('east'), add('west')]);
    let inner: Member = await add('inner');
    const [first, audience] = [await cluster.audience(), await cluster.audience()];
    return {
      strike: async (isLast) => {
        const stream = await cluster.createStream(home);
        const publisher = await cluster.publish(home, stream, clip);
        await first.tasks.join([inner.url], stream.streamId, 1);
        await first.tasks.join([beside.url], stream.streamId, 1);
        for (const leaf of leaves) await audience.tasks.join([leaf.url], stream.streamId, short ? 3 : 10);
        const [theirs = []] = await coursesDuring([audience], () => inner.kill());
        if (!isLast) {
          await Promise.all([first, audience].map(({ tasks }) => tasks.leave()));
          await publisher.stop();
          await cluster.kill(inner);
          inner = await add('inner');
        }
        return { gap: gapsOf(theirs), rejoins: theirs.map(({ joins }) => joins) };
      },
    };
  },
};
