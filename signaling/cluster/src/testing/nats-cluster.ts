import type { AtEnd, ClusterSetup, TestNode } from '../directory.contract.ts';
import { type Claim, Directory } from '../directory.ts';
import { parseClusterUrl } from '../nats-address.ts';
import { NatsBus } from '../nats-bus.ts';
import { NatsLink } from '../nats-link.ts';
import { NatsStore } from '../nats-store.ts';
import type { NodeRecord } from '../records.ts';
import { Seal } from '../seal.ts';
import { NatsServer } from './nats-server.ts';
import { TcpProxy } from './tcp-proxy.ts';
import { TestLog } from './test-log.ts';
import { nodeRecord } from './test-node.ts';
import { until } from './until.ts';

type Join = (changes?: Partial<NodeRecord>, seal?: Seal) => Promise<TestNode & { store: NatsStore }>;

/** A cluster over a NATS server of its own, each node of which can be cut off. */
export async function natsCluster(
  atEnd: AtEnd,
  { seal: only }: { seal?: Seal } = {},
): Promise<Omit<ClusterSetup, 'join'> & { server: NatsServer; join: Join }> {
  const server = await NatsServer.start({ atEnd });
  const seals = new Map<string, Seal>();
  return {
    server,
    join: async (changes, own) => {
      const record = nodeRecord({ ...(own && { keys: own.fingerprints }), ...changes });
      const [fingerprint = ''] = record.keys;
      const seal = own ?? only ?? seals.get(fingerprint) ?? Seal.random();
      seals.set(fingerprint, seal);
      const proxy = await TcpProxy.start(server.port, atEnd);
      const address = parseClusterUrl(`nats://127.0.0.1:${proxy.port}`);
      if (!address) throw new Error('no address');
      const log = new TestLog();
      const link = await NatsLink.create({ address, log });
      const bus = new NatsBus({ link, seal, log });
      const store = await NatsStore.create({ link, seal, log });
      const directory = await Directory.create({ store, bus, log, node: record });
      atEnd(async () => {
        await directory.close();
        await bus.close();
        await store.close();
        await link.close();
      });
      const lost: Claim[] = [];
      directory.onLost((claim) => lost.push(claim));
      return {
        ...{ directory, bus, store, log, lost },
        cutOff: () => proxy.cut(),
        silence: () => proxy.silence(),
        restore: () => proxy.restore(),
      };
    },
    stopEngine: () => server.kill(),
    startEngine: async (stored) => {
      if (stored === 'lost') server.empty();
      await server.start();
    },
    until,
    now: () => performance.now(),
  };
}
