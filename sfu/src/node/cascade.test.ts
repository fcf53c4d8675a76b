import { randomUUID } from 'node:crypto';
import { MemoryBus, MemoryEngine, OrderedDelivery } from '@meshlift/cluster';
import type { MediaNodeEvents } from '@meshlift/protocol';
import { createLogger } from '@meshlift/telemetry';
import { describe, expect, it, onTestFinished } from 'vitest';
import { opusAudio, simulcastVideo, viewerCapabilities } from '../testing/rtp-fixtures.ts';
import { audioSection, offerOf, opus, receiving, video, videoSection } from '../testing/sdp-offers.ts';
import { startLocalMediaNode } from './media-node-under-test.ts';

const log = createLogger('silent');
let firstPipePort = 30_000;

interface ClusterOptions {
  regions?: readonly string[];
  maxBranches?: number;
}

/** Media nodes as in processes of their own: nothing is shared but the bus and the network. */
async function startNodes(count: number, { regions = [], maxBranches }: ClusterOptions = {}) {
  const engine = new MemoryEngine();
  const indices = Array.from({ length: count }, (_, index) => index);
  const nodes = await Promise.all(
    indices.map((index) => startNode(engine, regions[index] ?? '', maxBranches)),
  );
  return { engine, nodes };
}

async function startNode(engine: MemoryEngine, region: string, maxBranches: number | undefined) {
  const self = randomUUID();
  const bus = new MemoryBus({ engine, log });
  const delivery = new OrderedDelivery({ bus, self });
  firstPipePort += 100;
  const pipePorts = { min: firstPipePort, max: firstPipePort + 99 };
  const { local, registry } = await startLocalMediaNode({
    workers: 1,
    pipePorts,
    cascade: { bus, delivery, self, region, maxBranches, pipeAddress: '127.0.0.1' },
  });
  onTestFinished(async () => {
    delivery.close();
    await bus.close();
  });
  const events: { [N in keyof MediaNodeEvents]?: MediaNodeEvents[N][] } = {};
  for (const name of [
    'relayLost',
    'ingestFlow',
    'consumerOpened',
    'consumerClosed',
    'consumerPaused',
    'layersWanted',
  ] as const) {
    local.on(name, (event) => {
      (events[name] as unknown[] | undefined)?.push(event) ?? Object.assign(events, { [name]: [event] });
    });
  }
  return { self, bus, local, registry, events };
}

type Node = Awaited<ReturnType<typeof startNode>>;

async function publish({ local }: Node) {
  await local.openRelay('relay');
  await local.openIngest({ relayId: 'relay', sessionId: 'ingest', sourceId: 'camera', terms: {} });
  const video = { kind: 'video' as const, rtpParameters: simulcastVideo(), paused: false };
  const audio = { kind: 'audio' as const, rtpParameters: opusAudio(), paused: false };
  return {
    video: (await local.openProducer('ingest', video)).producerId,
    audio: (await local.openProducer('ingest', audio)).producerId,
  };
}

const watch = ({ local }: Node, origin: Node, sessionId = 'viewer') =>
  local.openViewer({
    relayId: 'relay',
    sessionId,
    origin: origin.self,
    subscription: { except: [] },
    terms: { rtpCapabilities: viewerCapabilities() },
  });

const wanted = async ({ local }: Node) =>
  (await local.listWantedLayers('ingest')).map(({ spatialLayers }) => spatialLayers.length);

const edgeRelays = async ({ registry }: Node) =>
  (await registry.getSingleMetric('meshlift_relays')?.get())?.values[0]?.value;

describe('a relay on several nodes', () => {
  it('is watched on a node that does not have its ingests, under the same producer ids', async () => {
    const { nodes } = await startNodes(2);
    const [origin, edge] = nodes as [Node, Node];
    const producers = await publish(origin);
    const { consumers } = await watch(edge, origin);
    expect(consumers.map(({ producerId, kind, spatialLayers }) => [producerId, kind, spatialLayers])).toEqual(
      [
        [producers.video, 'video', 3],
        [producers.audio, 'audio', 1],
      ],
    );
    expect(await edgeRelays(edge)).toBe(1);
  });

  it('is played on another node with the payload types that each player names', async () => {
    const { nodes } = await startNodes(2);
    const [origin, edge] = nodes as [Node, Node];
    const producers = await publish(origin);
    const play = async (sessionId: string, audio: number, vp8: number) => {
      const sections = [
        receiving(audioSection({ codecs: [opus(audio)] })),
        receiving(videoSection({ codecs: [video(vp8, 'VP8')] })),
      ];
      const { answer, consumers } = await edge.local.openViewer({
        relayId: 'relay',
        sessionId,
        origin: origin.self,
        subscription: { except: [] },
        terms: { offer: offerOf(sections) },
      });
      expect(consumers.map(({ producerId }) => producerId).sort()).toEqual(Object.values(producers).sort());
      expect(answer.match(/^a=rtpmap:\d+ \S+/gm)).toEqual([
        `a=rtpmap:${audio} opus/48000/2`,
        `a=rtpmap:${vp8} VP8/90000`,
      ]);
    };
    await play('a browser', 111, 96);
    await play('another program', 97, 120);
    await play('a third', 109, 126);
    expect(await edgeRelays(edge)).toBe(1);
    await expect.poll(() => wanted(origin)).toEqual([3, 1]);
    for (const sessionId of ['a browser', 'another program', 'a third']) {
      await edge.local.closeSession(sessionId);
    }
    await expect.poll(() => edgeRelays(edge), { timeout: 5_000 }).toBe(0);
  });

  it('shows tracks that come later, and their pauses and ends, at every depth', async () => {
    const { nodes } = await startNodes(3, { maxBranches: 1 });
    const [origin, inner, outer] = nodes as [Node, Node, Node];
    const { video } = await publish(origin);
    await watch(inner, origin);
    const { consumers } = await watch(outer, origin);
    const audioConsumer = consumers.find(({ kind }) => kind === 'audio')?.id;
    const [, audio] = await origin.local.listWantedLayers('ingest');
    await origin.local.setProducerPaused('ingest', audio?.producerId ?? '', true);
    await expect
      .poll(() => outer.events.consumerPaused)
      .toEqual([{ sessionId: 'viewer', consumerId: audioConsumer, paused: true }]);
    await origin.local.closeProducer('ingest', video);
    await expect.poll(() => outer.events.consumerClosed).toHaveLength(1);
    await origin.local.openProducer('ingest', {
      kind: 'video',
      rtpParameters: { ...simulcastVideo(), mid: '7' },
      paused: false,
    });
    await expect.poll(() => outer.events.consumerOpened).toHaveLength(1);
    expect(await outer.local.listConsumers('viewer')).toHaveLength(2);
  });

  it('wants of the publisher what the viewers of all nodes want, and lets go once', async () => {
    const { nodes } = await startNodes(3, { maxBranches: 1 });
    const [origin, inner, outer] = nodes as [Node, Node, Node];
    await publish(origin);
    expect(await wanted(origin)).toEqual([0, 0]);
    await watch(inner, origin);
    const { consumers } = await watch(outer, origin);
    const ids = { inner: '', outer: consumers.find(({ kind }) => kind === 'video')?.id ?? '' };
    ids.inner = (await inner.local.listConsumers('viewer')).find(({ kind }) => kind === 'video')?.id ?? '';
    await expect.poll(() => wanted(origin)).toEqual([3, 1]);
    await inner.local.setConsumerLayers('viewer', ids.inner, { spatialLayer: 0 });
    await outer.local.setConsumerLayers('viewer', ids.outer, { spatialLayer: 1 });
    await expect.poll(() => wanted(origin), { timeout: 4_000 }).toEqual([2, 1]);
    await outer.local.closeSession('viewer');
    await expect.poll(() => wanted(origin), { timeout: 4_000 }).toEqual([1, 1]);
    await outer.local.openViewer({
      relayId: 'relay',
      sessionId: 'another',
      origin: origin.self,
      subscription: { except: [] },
      terms: { rtpCapabilities: viewerCapabilities() },
    });
    await expect.poll(() => wanted(origin)).toEqual([3, 1]);
  });

  it('leaves a node some time after its last viewer, and nothing of it stays', async () => {
    const { nodes } = await startNodes(3, { maxBranches: 1 });
    const [origin, inner, outer] = nodes as [Node, Node, Node];
    await publish(origin);
    await watch(inner, origin);
    await watch(outer, origin);
    await inner.local.closeSession('viewer');
    await expect.poll(() => edgeRelays(inner)).toBe(1);
    await outer.local.closeSession('viewer');
    await expect.poll(() => edgeRelays(outer), { timeout: 4_000 }).toBe(0);
    await expect.poll(() => edgeRelays(inner), { timeout: 4_000 }).toBe(0);
    await expect.poll(() => wanted(origin), { timeout: 4_000 }).toEqual([0, 0]);
  });

  it('ends on every node when its origin closes it', async () => {
    const { nodes } = await startNodes(3, { maxBranches: 1 });
    const [origin, inner, outer] = nodes as [Node, Node, Node];
    await publish(origin);
    await watch(inner, origin);
    await watch(outer, origin);
    await origin.local.closeRelay('relay');
    await expect.poll(() => inner.events.relayLost).toEqual([{ relayId: 'relay' }]);
    await expect.poll(() => outer.events.relayLost).toEqual([{ relayId: 'relay' }]);
    await expect(outer.local.listConsumers('viewer')).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
  });

  it('is refused where it cannot be had, and nothing stays of the attempt', async () => {
    const { nodes } = await startNodes(2);
    const [origin, edge] = nodes as [Node, Node];
    await expect(watch(edge, origin)).rejects.toMatchObject({ code: 'MEDIA_FAILED' });
    await expect(watch(edge, { ...origin, self: randomUUID() })).rejects.toMatchObject({
      code: 'NODE_UNREACHABLE',
    });
    expect(await edgeRelays(edge)).toBe(0);
    await publish(origin);
    expect((await watch(edge, origin)).consumers).toHaveLength(2);
  });
});

describe('when a node that feeds another is lost', () => {
  it('the other finds another one, and its viewers need not join again', async () => {
    const { nodes } = await startNodes(3, { maxBranches: 1 });
    const [origin, inner, outer] = nodes as [Node, Node, Node];
    const producers = await publish(origin);
    await watch(inner, origin);
    await watch(outer, origin);
    for (const pid of inner.local.workerPids()) process.kill(pid, 'SIGKILL');
    await inner.bus.close();
    origin.local.forget(inner.self);
    await expect.poll(() => outer.events.consumerOpened, { timeout: 5_000 }).toHaveLength(2);
    expect(outer.events.consumerClosed).toHaveLength(2);
    const now = await outer.local.listConsumers('viewer');
    expect(now.map(({ producerId }) => producerId).sort()).toEqual(Object.values(producers).sort());
    expect(outer.events.relayLost).toBeUndefined();
  });

  it('the same when only a worker of it has died', async () => {
    const { nodes } = await startNodes(3, { maxBranches: 1 });
    const [origin, inner, outer] = nodes as [Node, Node, Node];
    await publish(origin);
    await watch(inner, origin);
    await watch(outer, origin);
    for (const pid of inner.local.workerPids()) process.kill(pid, 'SIGKILL');
    await expect.poll(() => inner.events.relayLost).toEqual([{ relayId: 'relay' }]);
    await expect.poll(() => outer.events.consumerOpened, { timeout: 5_000 }).toHaveLength(2);
    expect(outer.events.relayLost).toBeUndefined();
  });

  it('its viewers join again when it was the origin', async () => {
    const { nodes } = await startNodes(2);
    const [origin, edge] = nodes as [Node, Node];
    await publish(origin);
    await watch(edge, origin);
    for (const pid of origin.local.workerPids()) process.kill(pid, 'SIGKILL');
    await expect.poll(() => edge.events.relayLost, { timeout: 5_000 }).toEqual([{ relayId: 'relay' }]);
  });

  it('media goes on while the cluster is away', async () => {
    const { engine, nodes } = await startNodes(2);
    const [origin, edge] = nodes as [Node, Node];
    await publish(origin);
    const { consumers } = await watch(edge, origin);
    engine.stop();
    // Longer than it takes to count a silent node as lost.
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect((await edge.local.listConsumers('viewer')).map(({ id }) => id)).toEqual(
      consumers.map(({ id }) => id),
    );
    engine.start();
    expect(edge.events.relayLost).toBeUndefined();
  });
});
