import { randomBytes, randomUUID } from 'node:crypto';
import {
  type Bus,
  MemoryBus,
  MemoryEngine,
  NatsBus,
  NatsLink,
  OrderedDelivery,
  Seal,
} from '@meshlift/cluster';
import { NatsServer, natsServerPath } from '@meshlift/cluster/testing';
import type { MediaNodeEvents } from '@meshlift/protocol';
import { MEDIA_NODE_EVENTS, mediaNodeSubject, parseMediaNodeEvent } from '@meshlift/protocol/cluster';
import { type LocalMediaNodeOptions, MediaNodeServer } from '@meshlift/sfu';
import { opusAudio, viewerCapabilities } from '@meshlift/sfu/testing';
import {
  mediaNodeContract,
  mediaNodeFuzzContract,
  mediaNodeLeftoversContract,
  type StartMediaNode,
  startLocalMediaNode,
} from '@meshlift/sfu/testing/media-node';
import { createLogger } from '@meshlift/telemetry';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RemoteMediaNode } from './remote-media-node.ts';

const log = createLogger('silent');
const everything = { except: [] };

/** Gives each process a bus of its own. */
type Connect = () => Promise<Bus>;

function inMemory(engine = new MemoryEngine()): Connect {
  return async () => closing(new MemoryBus({ engine, log }));
}

async function overNats(): Promise<Connect> {
  const server = await NatsServer.start();
  const seal = new Seal([randomBytes(32)]);
  return async () => {
    const link = await NatsLink.create({ address: server.address, log });
    onTestFinished(() => link.close());
    return closing(new NatsBus({ link, seal, log }));
  };
}

function closing(bus: Bus): Bus {
  onTestFinished(() => bus.close());
  return bus;
}

/** What each process of a cluster has. */
async function startProcess(connect: Connect) {
  const self = randomUUID();
  const bus = await connect();
  const delivery = new OrderedDelivery({ bus, self });
  onTestFinished(() => delivery.close());
  return { self, bus, delivery };
}

/** A media node, and the process that it is in. */
async function startNode(connect: Connect, options?: Partial<LocalMediaNodeOptions>) {
  const started = await startLocalMediaNode(options);
  const host = await startProcess(connect);
  const server = new MediaNodeServer({ node: started.local, ...host });
  onTestFinished(() => server.close());
  await host.bus.flush();
  return { ...started, host, server };
}

/** A process that calls a media node. */
async function startDoor(connect: Connect, { local, host }: Awaited<ReturnType<typeof startNode>>) {
  const { self, bus, delivery } = await startProcess(connect);
  const { routerRtpCapabilities } = local;
  const node = new RemoteMediaNode({ bus, process: host.self, self, routerRtpCapabilities });
  delivery.on(MEDIA_NODE_EVENTS, (from, body) => {
    const event = parseMediaNodeEvent(body);
    if (event && from === host.self) node.receive(event);
  });
  await bus.flush();
  const events: Partial<Record<keyof MediaNodeEvents, unknown[]>> = {};
  for (const name of [
    'ingestFlow',
    'sessionClosed',
    'relayLost',
    'consumerOpened',
    'layersWanted',
  ] as const) {
    node.on(name, (event) => {
      events[name] = [...(events[name] ?? []), event];
    });
  }
  return { self, bus, node, events };
}

const startRemote =
  (setUp: () => Connect | Promise<Connect>): StartMediaNode =>
  async (options) => {
    const connect = await setUp();
    const started = await startNode(connect, options);
    const { node } = await startDoor(connect, started);
    return { ...started, node };
  };

mediaNodeContract('in another process', startRemote(inMemory));
mediaNodeFuzzContract('in another process', startRemote(inMemory), 300);
mediaNodeLeftoversContract('in another process', startRemote(inMemory));

describe.skipIf(!natsServerPath)('with NATS between', () => {
  mediaNodeContract('in another process', startRemote(overNats));
});

const camera = { relayId: 'relay', sessionId: 'ingest', sourceId: 'camera', terms: {} };
const viewer = {
  relayId: 'relay',
  sessionId: 'viewer',
  subscription: everything,
  terms: { rtpCapabilities: viewerCapabilities() },
};

/** A node with a relay that one process has opened and publishes to, and another process. */
async function startTwoDoors() {
  const engine = new MemoryEngine();
  const connect = inMemory(engine);
  const started = await startNode(connect);
  const [owner, other] = [await startDoor(connect, started), await startDoor(connect, started)];
  await owner.node.openRelay('relay');
  await owner.node.openIngest(camera);
  const track = { kind: 'audio' as const, rtpParameters: opusAudio(), paused: false };
  await owner.node.openProducer('ingest', track);
  return { ...started, engine, owner, other };
}

describe('a media node that several processes call', () => {
  it('lets no process reach the sessions of another', async () => {
    const { owner, other } = await startTwoDoors();
    await other.node.openViewer(viewer);
    const notTheirs = await Promise.allSettled([
      other.node.listWantedLayers('ingest'),
      other.node.restartIce('ingest'),
      owner.node.listConsumers('viewer'),
      owner.node.resumeConsumers('viewer', []),
    ]);
    for (const result of notTheirs) expect(result).toMatchObject({ reason: { code: 'SESSION_NOT_FOUND' } });
    await other.node.closeSession('ingest');
    await owner.node.closeSession('viewer');
    expect(await owner.node.listWantedLayers('ingest')).toHaveLength(1);
    expect(await other.node.listConsumers('viewer')).toHaveLength(1);
  });

  it('lets none take the name of a session that is open', async () => {
    const { other } = await startTwoDoors();
    await expect(other.node.openIngest(camera)).rejects.toMatchObject({ code: 'WRONG_STATE' });
  });

  it('reports to each what happens to its own sessions', async () => {
    const { local, owner, other } = await startTwoDoors();
    await other.node.openViewer(viewer);
    await expect.poll(() => owner.events.layersWanted).toHaveLength(1);
    const track = { kind: 'audio' as const, rtpParameters: { ...opusAudio(), mid: '2' }, paused: false };
    track.rtpParameters.encodings = [{ ssrc: 99 }];
    await owner.node.openProducer('ingest', track);
    await expect.poll(() => other.events.consumerOpened).toHaveLength(1);
    expect(owner.events.consumerOpened).toBeUndefined();
    expect(other.events.layersWanted).toBeUndefined();
    expect(await local.listConsumers('viewer')).toHaveLength(2);
  });

  it('tells the others that a relay is gone when the one that opened it closes it', async () => {
    const { owner, other } = await startTwoDoors();
    await other.node.openViewer(viewer);
    await owner.node.closeRelay('relay');
    await expect.poll(() => other.events.relayLost).toEqual([{ relayId: 'relay' }]);
    expect(owner.events.relayLost).toBeUndefined();
    await expect(other.node.listConsumers('viewer')).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
  });

  it('refuses what is no call, and goes on', async () => {
    const { host, owner } = await startTwoDoors();
    const calls: unknown[] = [
      undefined,
      {},
      { from: owner.self, call: 'close', args: [] },
      { from: owner.self, call: 'constructor', args: [] },
      { from: owner.self, call: 'openRelay', args: [] },
      { from: owner.self, call: 'openRelay', args: ['x'.repeat(1_000)] },
      { from: owner.self, call: 'listConsumers', args: ['ingest', 'more'] },
    ];
    for (const call of calls) {
      const answer = owner.bus.request(mediaNodeSubject(host.self), call, { timeoutMs: 1_000 });
      await expect(answer).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    }
    expect(await owner.node.listWantedLayers('ingest')).toHaveLength(1);
  });
});

describe('a media node that cannot be reached', () => {
  it('says at once that nobody is there', async () => {
    const { server, owner } = await startTwoDoors();
    server.close();
    await expect(owner.node.openRelay('another')).rejects.toMatchObject({ code: 'NODE_UNREACHABLE' });
  });

  it('says that the cluster is away when it is', async () => {
    const { engine, owner } = await startTwoDoors();
    engine.stop();
    await expect(owner.node.openRelay('another')).rejects.toMatchObject({ code: 'DIRECTORY_UNAVAILABLE' });
  });

  it('reports later what has happened meanwhile', async () => {
    const { engine, local, owner, other } = await startTwoDoors();
    await other.node.openViewer(viewer);
    engine.stop();
    const track = { kind: 'audio' as const, rtpParameters: { ...opusAudio(), mid: '2' }, paused: false };
    track.rtpParameters.encodings = [{ ssrc: 99 }];
    await local.openProducer('ingest', track);
    await expect.poll(() => local.listConsumers('viewer')).toHaveLength(2);
    expect(other.events.consumerOpened).toBeUndefined();
    engine.start();
    await expect.poll(() => other.events.consumerOpened).toHaveLength(1);
    expect(owner.events.sessionClosed).toBeUndefined();
  });

  it('is as a node that has lost everything, once it is given up', async () => {
    const { owner, other } = await startTwoDoors();
    await other.node.openViewer(viewer);
    other.node.lose();
    expect(other.events.sessionClosed).toEqual([{ sessionId: 'viewer', code: 'MEDIA_FAILED' }]);
    expect(other.events.relayLost).toBeUndefined();
    owner.node.lose();
    expect(owner.events.relayLost).toEqual([{ relayId: 'relay' }]);
    expect(owner.events.sessionClosed).toBeUndefined();
    owner.node.lose();
    expect(owner.events.relayLost).toHaveLength(1);
  });
});
