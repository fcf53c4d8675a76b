import { createSocket } from 'node:dgram';
import { findWorker } from '@meshlift/worker';
import { createWorker } from 'mediasoup';
import { expect, it, onTestFinished } from 'vitest';
import { PeerWatch } from './peer-watch.ts';

/** A transport, and a way to send it packets that say nothing. */
async function openTransport() {
  const workerBin = findWorker();
  const worker = await createWorker({ logLevel: 'none', ...(workerBin ? { workerBin } : {}) });
  onTestFinished(() => worker.close());
  const router = await worker.createRouter();
  const listenInfos = [{ protocol: 'udp' as const, ip: '127.0.0.1' }];
  const transport = await router.createWebRtcTransport({ listenInfos });
  const port = transport.iceCandidates[0]?.port;
  const socket = createSocket('udp4');
  onTestFinished(() => {
    socket.close();
  });
  return { transport, send: () => socket.send('anything', port, '127.0.0.1') };
}

it('tells when somebody has fallen silent, and when they are heard again', async () => {
  const { transport, send } = await openTransport();
  const told: boolean[] = [];
  const watch = new PeerWatch(transport, { pollEveryMs: 100, polls: 3 }, () => told.push(watch.silent));
  watch.start();
  expect(watch.silent).toBe(false);
  await expect.poll(() => told).toEqual([true]);
  send();
  await expect.poll(() => told).toEqual([true, false]);
  await expect.poll(() => told).toEqual([true, false, true]);
  watch.close();
});

it('has nothing to say of a transport that is closed', async () => {
  const { transport, send } = await openTransport();
  let told = 0;
  const watch = new PeerWatch(transport, { pollEveryMs: 10, polls: 1 }, () => {
    told += 1;
  });
  watch.start();
  await expect.poll(() => told).toBe(1);
  transport.close();
  send();
  watch.close();
  expect(watch.silent).toBe(true);
});
