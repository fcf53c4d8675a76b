import { randomUUID } from 'node:crypto';
import {
  type Bus,
  type ClusterLog,
  Directory,
  MemoryBus,
  MemoryEngine,
  MemoryStore,
  OrderedDelivery,
  Seal,
} from '@meshlift/cluster';

/** Version of what the processes of a cluster say to each other. */
const CLUSTER_PROTOCOL = 1;

/** What a process shares with the others, however many there are. */
export interface Cluster {
  /** The name of this process, new with each start. */
  readonly self: string;
  readonly bus: Bus;
  readonly delivery: OrderedDelivery;
  readonly directory: Directory;
  readonly seal: Seal;
  /** Leaves the cluster. Repeating it changes nothing. */
  close(): Promise<void>;
}

export interface MemoryClusterOptions {
  log: ClusterLog;
  /** Where the processes meet. @default one that nobody else has */
  engine?: MemoryEngine;
  /** The same for all that meet. @default one that nobody else has */
  seal?: Seal;
  region?: string;
}

/** A cluster inside one process: of one, as a server is by default, or of several, in tests. */
export async function joinMemoryCluster({
  log,
  engine = new MemoryEngine(),
  seal = Seal.random(),
  region = '',
}: MemoryClusterOptions): Promise<Cluster> {
  const self = randomUUID();
  const bus = new MemoryBus({ engine, log });
  const store = new MemoryStore({ link: bus.link, log });
  const delivery = new OrderedDelivery({ bus, self });
  const node = { id: self, role: 'all', region, protocol: CLUSTER_PROTOCOL, state: 'up', load: 0 } as const;
  const directory = await Directory.create({
    store,
    bus,
    log,
    node: { ...node, keys: seal.fingerprints },
  });
  const close = async () => {
    delivery.close();
    await directory.close();
    await store.close();
    await bus.close();
  };
  return { self, bus, delivery, directory, seal, close };
}
