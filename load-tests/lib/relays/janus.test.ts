import { expect, it, onTestFinished } from 'vitest';
import { enter } from '../peers/doors/enter.ts';
import { ReceivingPeer } from '../peers/receiving-peer.ts';
import { sendTo } from '../testing/send-to.ts';
import { hasJanus, startJanus } from './janus.ts';

const where = hasJanus() ? '' : ' (skipped: Janus is not installed)';

it.skipIf(!hasJanus())(`brings a picture from RTP to viewers, until they leave${where}`, async () => {
  const relay = await startJanus();
  onTestFinished(() => relay.stop());
  await sendTo(relay.ingest);
  const peers = [new ReceivingPeer(), new ReceivingPeer()] as const;
  onTestFinished(() => peers.forEach((peer) => void peer.close()));
  const entries = await Promise.all(peers.map((peer) => enter(relay.doors[0], peer)));
  await Promise.all(peers.map((peer) => peer.firstPacket));
  await expect.poll(() => peers[0].take().received).toBeGreaterThan(1);
  expect(relay.group.usage.cpuSeconds).toBeGreaterThan(0);

  await entries[0]?.leave();
  await expect.poll(() => peers[0].take().received).toBe(0);
  await expect.poll(() => peers[1].take().received).toBeGreaterThan(0);
});

it.skipIf(!hasJanus())(`refuses a viewer of a mountpoint that it does not have${where}`, async () => {
  const relay = await startJanus();
  onTestFinished(() => relay.stop());
  const peer = new ReceivingPeer();
  onTestFinished(() => peer.close());
  const [door] = relay.doors;
  if (door.kind !== 'janus') throw new Error('this is no door of Janus');
  await expect(enter({ ...door, mountpoint: 99 }, peer)).rejects.toThrow(/99/);
});

it.skipIf(!hasJanus())(`leaves no process behind${where}`, async () => {
  const relay = await startJanus();
  await relay.stop();
  await relay.stop();
  // The system removes a group only when nobody is in it.
  expect(() => relay.group.pids).toThrow(/ENOENT/);
});
