import type { Member } from '../../lib/cluster/member.ts';
import type { Fault, FaultBench } from '../fault.ts';
import { coursesDuring, gapsOf } from '../gaps.ts';
import { NO_JOINS, NOBODY_ELSE } from './nobody-else.ts';

/** A stream that one node takes, and viewers on one of two other nodes, of another region. */
export async function edgeScene({ cluster, clip, short }: FaultBench, workers = 1) {
  const env = { MESHLIFT_WORKERS: String(workers) };
  const add = (role: 'all' | 'sfu' | 'signaling', region: string) => cluster.add(role, region, { env });
  const [home, door, ...edges] = await Promise.all([
    add('all', 'home'),
    add('signaling', 'far'),
    add('sfu', 'far'),
    add('sfu', 'far'),
  ]);
  const stream = await cluster.createStream(home);
  await cluster.publish(home, stream, clip);
  const [there, here] = [await cluster.audience(), await cluster.audience()];
  await here.tasks.join([home.url], stream.streamId, 5);
  await there.tasks.join([door.url], stream.streamId, short ? 10 : 60);
  /** The node that most viewers are on. */
  const busiest = async () => {
    const counts = await Promise.all(edges.map((edge) => edge.viewers()));
    return edges[counts.indexOf(Math.max(...counts))] as Member;
  };
  const replace = async (edge: Member) => {
    await cluster.kill(edge);
    edges.splice(edges.indexOf(edge), 1, await add('sfu', 'far'));
  };
  return { home, door, stream, here, there, busiest, replace };
}

export const edgeKilled: Fault = {
  row: 2,
  title: 'An edge process is killed, with 60 viewers on it',
  bounds: [
    { id: 'gap', title: 'its viewers without frames', unit: 'ms', is: 'at most', value: 2_000, of: 'p95' },
    NOBODY_ELSE,
    NO_JOINS,
  ],
  async prepare(bench) {
    const { here, there, busiest, replace } = await edgeScene(bench);
    return {
      strike: async (isLast) => {
        const edge = await busiest();
        const [theirs = [], others = []] = await coursesDuring([there, here], () => edge.kill());
        if (!isLast) await replace(edge);
        return { gap: gapsOf(theirs), others: gapsOf(others), otherJoins: others.map(({ joins }) => joins) };
      },
    };
  },
};
