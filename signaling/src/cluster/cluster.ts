import { randomUUID } from 'node:crypto';
import {
  type Bus,
  type ClusterLog,
  Directory,
  MemoryBus,
  MemoryEngine,
  MemoryStore,
  Names,
  NatsBus,
  NatsLink,
  NatsStore,
  OrderedDelivery,
  Seal,
  type Store,
} from '@meshlift/cluster';
import type { Config } from '../config/config.ts';

/** Version of what the processes of a cluster say to each other. */
const CLUSTER_PROTOCOL = 1;

/** Where as many NATS servers are named, each value is kept by as many. */
const REPLICAS = 3;

/** What a process shares with the others, however many there are. */
export interface Cluster {
  /** The name of this process, new with each start. */
  readonly self: string;
  readonly bus: Bus;
  readonly delivery: OrderedDelivery;
  readonly directory: Directory;
  readonly seal: Seal;
  /** What streams and rooms are called in the directory. */
  readonly names: Names;
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
  /** @default all */
  role?: Config['role'];
}

/** How a process takes part in a cluster. */
export interface ClusterOptions {
  config: Pick<Config, 'clusterUrl' | 'clusterKey' | 'clusterCredentials' | 'role' | 'region'>;
  log: ClusterLog;
}

/**
 * Joins the cluster that the configuration names, or makes one that this process is alone in.
 *
 * @throws Error that names the NATS servers, without credentials, if none can be reached within 10 s; that names
 *   `MESHLIFT_CLUSTER_KEY` if the others have another one
 */
export async function joinCluster({ config, log }: ClusterOptions): Promise<Cluster> {
  const { clusterUrl: address, clusterKey, clusterCredentials: credentialsFile, role, region } = config;
  if (!address || !clusterKey) return joinMemoryCluster({ log, region });
  const seal = new Seal(clusterKey);
  const link = await NatsLink.create({ address, credentialsFile, log });
  const bus = new NatsBus({ link, seal, log });
  let store: Store | undefined;
  try {
    const replicas = address.servers.length >= REPLICAS ? REPLICAS : 1;
    store = await NatsStore.create({ link, seal, log, replicas });
    return await join({ bus, store, seal, log, role, region, disconnect: () => link.close() });
  } catch (error) {
    await store?.close();
    await bus.close();
    await link.close();
    throw error;
  }
}

/** A cluster inside one process: of one, as a server is by default, or of several, in tests. */
export async function joinMemoryCluster({
  log,
  engine = new MemoryEngine(),
  seal = Seal.random(),
  region = '',
  role = 'all',
}: MemoryClusterOptions): Promise<Cluster> {
  const bus = new MemoryBus({ engine, log });
  const store = new MemoryStore({ link: bus.link, log });
  return join({ bus, store, seal, log, role, region, alone: true, disconnect: async () => {} });
}

interface JoinOptions {
  bus: Bus;
  store: Store;
  seal: Seal;
  log: ClusterLog;
  role: Config['role'];
  region: string;
  /** Whether nobody can know what the store has forgotten. */
  alone?: boolean;
  disconnect: () => Promise<void>;
}

async function join({
  bus,
  store,
  seal,
  log,
  role,
  region,
  alone = false,
  disconnect,
}: JoinOptions): Promise<Cluster> {
  const self = randomUUID();
  const delivery = new OrderedDelivery({ bus, self });
  const node = { id: self, role, region, protocol: CLUSTER_PROTOCOL, state: 'up', load: 0 } as const;
  const directory = await Directory.create({
    store,
    bus,
    log,
    node: { ...node, keys: seal.fingerprints },
  });
  let names: Names;
  try {
    directory.assertKeyShared();
    names = await Names.join({ store, seal, directory, log, ...(alone && { waitMs: 0 }) });
  } catch (error) {
    delivery.close();
    await directory.close();
    throw error;
  }
  const close = async () => {
    delivery.close();
    names.close();
    await directory.close();
    await store.close();
    await bus.close();
    await disconnect();
  };
  return { self, bus, delivery, directory, seal, names, close };
}
