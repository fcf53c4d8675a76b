import { jetstreamManager } from '@nats-io/jetstream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { NatsLink } from './nats-link.ts';
import { NatsStore } from './nats-store.ts';
import { Seal } from './seal.ts';
import { storeContract } from './store.contract.ts';
import { bucketNames } from './store.ts';
import { natsServerPath } from './testing/nats-process.ts';
import { NatsServer } from './testing/nats-server.ts';
import { TestLog } from './testing/test-log.ts';
import { until } from './testing/until.ts';

const seal = Seal.random();

describe.skipIf(!natsServerPath)('over NATS', () => {
  storeContract('over NATS', async () => {
    const server = await NatsServer.start();
    const stores: NatsStore[] = [];
    return {
      connect: async () => {
        const { store } = await join(server);
        stores.push(store);
        return store;
      },
      stopEngine: () => server.kill(),
      startEngine: async (stored) => {
        if (stored === 'lost') server.empty();
        await server.start();
        await until(() => stores.every((store) => store.connected));
      },
    };
  });

  test('asks the leader of a bucket, never a follower', async () => {
    const server = await NatsServer.start();
    const { link } = await join(server);
    const manager = await jetstreamManager(link.require());
    for (const name of bucketNames) {
      const { config } = await manager.streams.info(`KV_meshlift_${name}`);
      expect(config.allow_direct).toBe(false);
    }
  });

  test('comes back when somebody deletes a bucket under it', async () => {
    const server = await NatsServer.start();
    const { link, store } = await join(server);
    await (await jetstreamManager(link.require())).streams.delete('KV_meshlift_streams');
    await expect(store.get('streams', 'x')).rejects.toMatchObject({ code: 'DIRECTORY_UNAVAILABLE' });
    await until(() => !store.connected);
    await until(() => store.connected);
    expect(await store.write('streams', 'x', 1, { after: undefined })).toBeDefined();
  });

  test('a server that is paused fails what is under way', async () => {
    const server = await NatsServer.start();
    const { store } = await join(server);
    await server.pause();
    await expect(store.write('streams', 'x', 1, { after: undefined })).rejects.toMatchObject({
      code: 'DIRECTORY_UNAVAILABLE',
    });
    server.resume();
    await until(() => store.connected);
    expect(await store.write('streams', 'y', 1, { after: undefined })).toBeDefined();
  });

  test('says at the start when NATS has JetStream turned off', async () => {
    const server = await NatsServer.start({ jetStream: false });
    const log = new TestLog();
    const link = await NatsLink.create({ address: server.address, log });
    onTestFinished(() => link.close());
    await expect(NatsStore.create({ link, seal, log, startTimeoutMs: 300 })).rejects.toThrow(
      /MESHLIFT_CLUSTER_URL.*jetstream is not enabled/,
    );
  });
});

async function join(server: NatsServer) {
  const log = new TestLog();
  const link = await NatsLink.create({ address: server.address, log });
  const store = await NatsStore.create({ link, seal, log });
  onTestFinished(async () => {
    await store.close();
    await link.close();
  });
  return { link, log, store };
}
