import { randomBytes } from 'node:crypto';
import { connect } from '@nats-io/transport-node';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type BusSetup, busContract } from './bus.contract.ts';
import { parseClusterUrl } from './nats-address.ts';
import { NatsBus } from './nats-bus.ts';
import { NatsLink } from './nats-link.ts';
import { Seal } from './seal.ts';
import { natsServerPath } from './testing/nats-process.ts';
import { NatsServer } from './testing/nats-server.ts';
import { TestLog } from './testing/test-log.ts';
import { until } from './testing/until.ts';

const key = randomBytes(32);
const soon = { timeoutMs: 5_000 };

describe.skipIf(!natsServerPath)('over NATS', () => {
  busContract('over NATS', async (): Promise<BusSetup> => {
    const server = await NatsServer.start();
    const buses: NatsBus[] = [];
    const all = (connected: boolean) => until(() => buses.every((bus) => bus.connected === connected));
    return {
      connect: async () => {
        const { bus } = await join(server);
        buses.push(bus);
        return bus;
      },
      stopEngine: () => server.kill(),
      startEngine: async () => {
        await server.start();
        await all(true);
      },
      maxPayload: 1_048_576,
    };
  });

  test('a server that is paused counts as gone, and is found again', async () => {
    const server = await NatsServer.start();
    const [{ bus: a }, { bus: b }] = [await join(server), await join(server)];
    b.serve('node.b', () => 'here');
    await b.flush();
    await server.pause();
    await expect(a.request('node.b', {}, { timeoutMs: 60_000 })).rejects.toMatchObject({
      code: 'DIRECTORY_UNAVAILABLE',
    });
    await until(() => !b.connected);
    server.resume();
    await until(() => a.connected && b.connected);
    await b.flush();
    expect(await a.request('node.b', {}, soon)).toBe('here');
  });

  test('whoever reads the traffic sees subjects, and nothing of what is said', async () => {
    const server = await NatsServer.start();
    const heard = await server.overhear();
    const [{ bus: a }, { bus: b }] = [await join(server), await join(server)];
    b.serve('node.b', () => 'canary answer');
    b.subscribe('news', () => {});
    await b.flush();
    await a.request('node.b', { sdp: 'canary request' }, soon);
    a.publish('news', 'canary news');
    await a.flush();
    await until(() => heard.text().includes('meshlift.news'));
    expect(heard.text()).toContain('meshlift.node.b');
    expect(heard.text()).not.toContain('canary');
  });

  test('takes nothing that it was not sent under its key: not forged, not altered, not moved, not twice', async () => {
    const server = await NatsServer.start();
    const { bus } = await join(server);
    const heard: unknown[] = [];
    const asked: unknown[] = [];
    bus.subscribe('news', (payload) => heard.push(payload));
    bus.serve('node.b', (payload) => asked.push(payload));
    await bus.flush();
    const stranger = await connect({ servers: [`127.0.0.1:${server.port}`] });
    onTestFinished(() => stranger.close());
    const recorded: Uint8Array[] = [];
    stranger.subscribe('meshlift.news', { callback: (_error, { data }) => void recorded.push(data) });
    await stranger.flush();
    const { bus: friend } = await join(server);
    friend.publish('news', 'once');
    await until(() => heard.length === 1 && recorded.length === 1);

    const [original = new Uint8Array()] = recorded;
    const altered = Buffer.from(original);
    altered[altered.length - 20] = (altered.at(-20) ?? 0) ^ 1;
    for (const data of [original, altered, Buffer.from('{"payload":"forged"}'), Buffer.alloc(0)]) {
      stranger.publish('meshlift.news', data);
    }
    stranger.publish('meshlift.node.b', original);
    await stranger.flush();
    friend.publish('news', 'end');
    await until(() => heard.length === 2 && bus.dropped.altered === 4);
    expect(heard).toEqual(['once', 'end']);
    expect(asked).toEqual([]);
    expect(bus.dropped).toEqual({ altered: 4, foreignKey: 0, replayed: 1 });
  });

  test('an answer under the right key that belongs to another request is not taken', async () => {
    const server = await NatsServer.start();
    const { bus } = await join(server);
    const stranger = await connect({ servers: [`127.0.0.1:${server.port}`] });
    onTestFinished(() => stranger.close());
    const inboxes: { subject: string; data: Uint8Array }[] = [];
    stranger.subscribe('_INBOX.>', {
      callback: (_error, { subject, data }) => void inboxes.push({ subject, data }),
    });
    await stranger.flush();
    const { bus: friend } = await join(server);
    friend.serve('node.b', () => 'an answer');
    await friend.flush();
    await bus.request('node.b', {}, soon);
    await until(() => inboxes.length > 0);
    stranger.subscribe('meshlift.node.c', {
      callback: (_error, message) => void message.respond(inboxes[0]?.data ?? new Uint8Array()),
    });
    await stranger.flush();
    await expect(bus.request('node.c', {}, soon)).rejects.toMatchObject({ code: 'NODE_UNREACHABLE' });
  });

  test('with another key nothing is understood, and both sides say why', async () => {
    const server = await NatsServer.start();
    const ours = await join(server);
    const theirs = await join(server, new Seal([randomBytes(32)]));
    const asked: unknown[] = [];
    ours.bus.serve('node.a', (payload) => asked.push(payload));
    await ours.bus.flush();
    const ask = () => theirs.bus.request('node.a', {}, { timeoutMs: 60_000 });
    await expect(ask()).rejects.toMatchObject({ code: 'NODE_UNREACHABLE' });
    await expect(ask()).rejects.toMatchObject({ code: 'NODE_UNREACHABLE' });
    expect(asked).toEqual([]);
    for (const [mine, other] of [
      [ours, theirs],
      [theirs, ours],
    ] as const) {
      const said = mine.log.lines.filter((line) => line.includes('MESHLIFT_CLUSTER_KEY'));
      expect(said).toHaveLength(1);
      expect(said[0]).toContain(other.seal.fingerprint);
      expect(mine.bus.dropped.foreignKey).toBe(2);
    }
  });

  test('while the key is rotated, those who have one and those who have both understand each other', async () => {
    const server = await NatsServer.start();
    const fresh = randomBytes(32);
    const { bus: a } = await join(server, new Seal([key]));
    const { bus: b } = await join(server, new Seal([key, fresh]));
    const { bus: c } = await join(server, new Seal([fresh, key]));
    for (const [name, bus] of Object.entries({ a, b, c })) bus.serve(`node.${name}`, () => name);
    await Promise.all([a, b, c].map((bus) => bus.flush()));
    expect(await a.request('node.b', {}, soon)).toBe('b');
    expect(await b.request('node.a', {}, soon)).toBe('a');
    expect(await b.request('node.c', {}, soon)).toBe('c');
    expect(await c.request('node.b', {}, soon)).toBe('b');
  });

  test('waits for a server that comes a little later, and gives up with its address and without its password', async () => {
    const server = await NatsServer.start();
    await server.kill();
    const address = parseClusterUrl(`nats://someone:canary@127.0.0.1:${server.port}`);
    if (!address) throw new Error('no address');
    const log = new TestLog();
    const failure = await NatsLink.create({ address, log, startTimeoutMs: 300 }).catch(
      (error: Error) => error,
    );
    expect(String(failure)).toContain(`nats://127.0.0.1:${server.port}: connection refused`);
    expect(String(failure)).not.toContain('canary');
    const waiting = NatsLink.create({ address: server.address, log });
    await server.start();
    await (await waiting).close();
  });

  test('logs in by URL, and says at once when it is refused', async () => {
    const server = await NatsServer.start({ args: ['--user', 'someone', '--pass', 'right/word'] });
    const login = (user: string) => {
      const address = parseClusterUrl(`nats://${user}@127.0.0.1:${server.port}`);
      if (!address) throw new Error('no address');
      return NatsLink.create({ address, log: new TestLog() });
    };
    await (await login('someone:right%2Fword')).close();
    await expect(login('someone:canary')).rejects.toThrow(/refuses the credentials/);
    await expect(login('someone:canary')).rejects.not.toThrow(/canary/);
  });

  test('goes to another server of the list when one is gone', async () => {
    const [first, second] = [await NatsServer.start(), await NatsServer.start()];
    await first.kill();
    const address = parseClusterUrl(`${first.url},${second.url}`);
    if (!address) throw new Error('no address');
    const link = await NatsLink.create({ address, log: new TestLog() });
    expect(link.connection?.getServer()).toBe(`127.0.0.1:${second.port}`);
    await link.close();
  });
});

async function join(server: NatsServer, seal = new Seal([key])) {
  const log = new TestLog();
  const link = await NatsLink.create({ address: server.address, log });
  const bus = new NatsBus({ link, seal, log });
  onTestFinished(async () => {
    await bus.close();
    await link.close();
  });
  return { bus, link, log, seal };
}
