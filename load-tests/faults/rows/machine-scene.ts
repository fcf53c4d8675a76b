import { Namespace } from '../../lib/cluster/namespace.ts';
import type { FaultBench } from '../fault.ts';

/** A stream that one node takes, and viewers on another, which is on a machine of its own; beside that is a third. */
export async function machineScene({ cluster, clip, short }: FaultBench) {
  const machine = Namespace.create();
  try {
    const reachable = { MESHLIFT_PIPE_ADDRESS: machine.hostAddress };
    const [home, door] = await Promise.all([
      cluster.add('all', 'home', { env: reachable }),
      cluster.add('signaling', 'far'),
    ]);
    const start = () =>
      cluster.add('sfu', 'far', { env: machine.env(cluster.nats.port), within: machine.within });
    const edge = await start();
    const stream = await cluster.createStream(home);
    await cluster.publish(home, stream, clip);
    const [there, here] = [await cluster.audience(), await cluster.audience()];
    await here.tasks.join([home.url], stream.streamId, 5);
    await there.tasks.join([door.url], stream.streamId, short ? 3 : 20);
    return { home, door, machine, edge, start, stream, there, here };
  } catch (error) {
    machine.close();
    throw error;
  }
}
