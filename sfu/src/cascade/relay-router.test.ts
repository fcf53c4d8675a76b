import type { EventEmitter } from 'node:events';
import { findWorker } from '@meshlift/worker';
import type { types } from 'mediasoup';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { payloadTypesOf } from '../rtp/payload-types.ts';
import { simulcastVideo, viewerCapabilities } from '../testing/rtp-fixtures.ts';
import { pipePorts } from '../workers/pipe-ports.ts';
import { PoolWorker } from '../workers/pool-worker.ts';
import { RelayRouter } from './relay-router.ts';

const PIPE_PORTS = pipePorts(undefined);

let workers: [PoolWorker, PoolWorker];
let origin: RelayRouter;
let producer: types.Producer;

beforeEach(async () => {
  workers = await Promise.all([startWorker(0), startWorker(1)]);
  origin = await RelayRouter.createOrigin(workers[0]);
  const transport = await origin.router.createDirectTransport();
  const rtpParameters = simulcastVideo() as types.RtpParameters;
  producer = await transport.produce({ kind: 'video', rtpParameters });
});

async function startWorker(index: number, pipePorts = PIPE_PORTS): Promise<PoolWorker> {
  const addresses = [{ ip: '127.0.0.1' }];
  const worker = await PoolWorker.create(index, [0], { addresses, pipePorts, workerBin: findWorker() });
  onTestFinished(() => worker.close());
  return worker;
}

/** The edges that there are: another worker's, and one for payload types of its own on either. */
const edges = {
  'on another worker': () => RelayRouter.createEdge(workers[1], origin),
  'for payload types of its own': () =>
    RelayRouter.createEdge(workers[0], origin, payloadTypesOf(viewerCapabilities())),
  'for payload types of its own, on another worker': () =>
    RelayRouter.createEdge(workers[1], origin, payloadTypesOf(viewerCapabilities())),
};

function listenersOf(...emitters: EventEmitter[]): number[] {
  return emitters.map((emitter) =>
    emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0),
  );
}

/** What outlives an edge, and may therefore hold nothing of it. */
const listenersThatStay = () =>
  listenersOf(
    producer,
    producer.observer,
    origin.router,
    origin.router.observer,
    ...workers.flatMap(({ webRtcServer }) => [webRtcServer, webRtcServer.observer]),
  );

it.each(Object.entries(edges))('leaves nothing behind of an edge %s that came and went', async (_, open) => {
  const before = listenersThatStay();
  const dumpBefore = await origin.router.dump();
  for (let times = 0; times < 5; times += 1) {
    const edge = await open();
    const id = await edge.feed.carry(producer);
    expect(await edge.feed.carry(producer)).toBe(id);
    edge.close();
  }
  expect(listenersThatStay()).toEqual(before);
  await expect.poll(async () => (await origin.router.dump()).transportIds).toEqual(dumpBefore.transportIds);
});

it('pipes a producer once, and its successor anew', async () => {
  const edge = await edges['on another worker']();
  const first = await edge.feed.carry(producer);
  producer.close();
  const transport = await origin.router.createDirectTransport();
  const rtpParameters = simulcastVideo() as types.RtpParameters;
  const successor = await transport.produce({ kind: 'video', rtpParameters });
  const second = await edge.feed.carry(successor);
  expect(second).not.toBe(first);
  expect(await edge.feed.carry(successor)).toBe(second);
});

it('leaves nothing of a pipe of which only one end gets a port', async () => {
  // If another program has the port, neither end gets it.
  const edge = await RelayRouter.createEdge(await startWorker(2, { min: 47_111, max: 47_111 }), origin);
  const transports = async () =>
    (await Promise.all([origin.router.dump(), edge.router.dump()])).map(({ transportIds }) => transportIds);
  const before = await transports();
  for (let times = 0; times < 3; times += 1) {
    await expect(edge.feed.carry(producer)).rejects.toMatchObject({ code: 'SERVER_FULL' });
  }
  await expect.poll(transports).toEqual(before);
});

it('pauses, resumes and closes what is at an edge with the producer', async () => {
  const edge = await edges['on another worker']();
  const transport = await edge.router.createDirectTransport();
  const rtpCapabilities = viewerCapabilities() as types.RtpCapabilities;
  const viewer = await transport.consume({ producerId: await edge.feed.carry(producer), rtpCapabilities });
  await producer.pause();
  await expect.poll(() => viewer.producerPaused).toBe(true);
  await producer.resume();
  await expect.poll(() => viewer.producerPaused).toBe(false);
  producer.close();
  await expect.poll(() => viewer.closed).toBe(true);
});
