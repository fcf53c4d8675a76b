import { jetstreamManager } from '@nats-io/jetstream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Directory } from './directory.ts';
import { parseClusterUrl } from './nats-address.ts';
import { NatsBus } from './nats-bus.ts';
import { NatsLink } from './nats-link.ts';
import { NatsStore } from './nats-store.ts';
import { Seal } from './seal.ts';
import { natsServerPath } from './testing/nats-process.ts';
import { NatsServer } from './testing/nats-server.ts';
import { TestLog } from './testing/test-log.ts';
import { nodeRecord } from './testing/test-node.ts';
import { until } from './testing/until.ts';

const stream = 'a-stream-name-00000000';

describe.skipIf(!natsServerPath)('over three NATS servers', () => {
  test('what is claimed outlasts the server that leads, and nobody takes it over', async () => {
    const servers = await NatsServer.startCluster();
    const seal = Seal.random();
    const [a, b] = await Promise.all([join(servers, seal), join(servers, seal)]);
    expect(await a.directory.claim('streams', stream, {})).toHaveProperty('claim');
    const { config, cluster } = await (await jetstreamManager(a.link.require())).streams.info(
      'KV_meshlift_streams',
    );
    expect(config.num_replicas).toBe(3);
    await servers.find(({ name }) => name === cluster?.leader)?.kill();
    // The others choose a new leader, which takes NATS some seconds.
    const heldBy = async () => {
      const claimed = await b.directory.claim('streams', stream, {}).catch(() => undefined);
      return claimed && 'heldBy' in claimed ? claimed.heldBy.owner : undefined;
    };
    await until(async () => (await heldBy()) === a.directory.id);
    await until(
      async () => (await b.directory.claim('rooms', stream, {}).catch(() => undefined)) !== undefined,
    );
    await until(() => a.directory.nodes.length === 2 && b.directory.nodes.length === 2);
    expect([a.lost, b.lost]).toEqual([[], []]);
  }, 60_000);
});

async function join(servers: readonly NatsServer[], seal: Seal) {
  const address = parseClusterUrl(servers.map(({ url }) => url).join());
  if (!address) throw new Error('no address');
  const log = new TestLog();
  const link = await NatsLink.create({ address, log });
  const bus = new NatsBus({ link, seal, log });
  const store = await NatsStore.create({ link, seal, log, replicas: 3 });
  const directory = await Directory.create({
    store,
    bus,
    log,
    node: nodeRecord({ keys: seal.fingerprints }),
  });
  const lost: unknown[] = [];
  directory.onLost((claim) => lost.push(claim));
  onTestFinished(async () => {
    await directory.close();
    await bus.close();
    await store.close();
    await link.close();
  });
  return { directory, link, log, lost };
}
