import { expect, it } from 'vitest';
import { play, publishLive } from '../testing/sdp-client.ts';
import { SdpPeer } from '../testing/sdp-peer.ts';
import { TestServer } from '../testing/test-server.ts';

const WORKERS = 3;

/** Real viewers of a picture, connected. */
async function watch(server: TestServer, streamId: string, count: number): Promise<SdpPeer[]> {
  const joining = Array.from({ length: count }, async () => {
    const peer = await SdpPeer.create('RecvOnly', 'video');
    await peer.connect(await (await play(server, streamId, peer.offer)).text());
    return peer;
  });
  return Promise.all(joining);
}

async function startLive(packets: number, server: TestServer) {
  const stream = await server.createStream();
  await publishLive(server, { ...stream, packets }, 'video');
  return stream;
}

/** A metric of each worker. */
const ofWorkers = (server: TestServer, name: string) =>
  Promise.all(
    Array.from({ length: WORKERS }, (_, worker) =>
      server.metric(`meshlift_worker_${name}{worker="${worker}"}`),
    ),
  );

const allReceive = (peers: SdpPeer[]) =>
  expect
    .poll(() => peers.filter(({ received }) => received.video > 0).length, { timeout: 10_000 })
    .toBe(peers.length);

it('spreads an audience over the workers by the packets that its stream really has', async () => {
  const server = await TestServer.start({ workers: WORKERS });
  // Some 600 packets a second: four times what is assumed of a stream that has not been measured.
  const { streamId } = await startLive(12, server);
  const first = await watch(server, streamId, 1);
  const measured = async () => Math.max(...(await ofWorkers(server, 'predicted_delay_seconds')));
  await expect.poll(measured, { timeout: 15_000, interval: 500 }).toBeGreaterThan(0.000_08);

  const audience = [...first, ...(await watch(server, streamId, 39))];
  await allReceive(audience);
  const viewers = await ofWorkers(server, 'viewers');
  expect(viewers.reduce((sum, count) => sum + count)).toBe(40);
  // 16, 16 and 8, when the sender is as punctual as it should be.
  expect(Math.max(...viewers)).toBeLessThanOrEqual(24);
  expect(Math.min(...viewers)).toBeGreaterThan(0);
  expect(Math.max(...(await ofWorkers(server, 'predicted_delay_seconds')))).toBeLessThan(0.003);
}, 40_000);

it('keeps the viewers of small streams together, and the streams apart', async () => {
  const server = await TestServer.start({ workers: WORKERS });
  const peers: SdpPeer[] = [];
  for (let stream = 1; stream <= WORKERS; stream += 1) {
    const { streamId } = await startLive(3, server);
    peers.push(...(await watch(server, streamId, 8)));
    expect((await ofWorkers(server, 'viewers')).toSorted()).toEqual(
      Array.from({ length: WORKERS }, (_, index) => (index < WORKERS - stream ? 0 : 8)),
    );
    expect(await server.metric('meshlift_edges')).toBe(stream);
  }
  await allReceive(peers);
});
