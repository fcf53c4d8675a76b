import { expect, it, onTestFinished } from 'vitest';
import { enter } from '../peers/doors/enter.ts';
import { ReceivingPeer } from '../peers/receiving-peer.ts';
import { sendTo } from '../testing/send-to.ts';
import { startRaw } from './raw.ts';

it('brings a published picture to viewers, until they leave', async () => {
  const relay = await startRaw();
  onTestFinished(() => relay.stop());
  await sendTo(relay.ingest);
  const peers = [new ReceivingPeer(), new ReceivingPeer()] as const;
  onTestFinished(() => peers.forEach((peer) => void peer.close()));
  const entries = await Promise.all(peers.map((peer) => enter(relay.doors[0], peer)));
  await Promise.all(peers.map((peer) => peer.firstPacket));
  await expect.poll(() => peers[0].take().received).toBeGreaterThan(1);
  expect(relay.group.usage.cpuSeconds).toBeGreaterThan(0);
  expect(relay.group.pids).toHaveLength(2);

  await entries[0]?.leave();
  // What was on its way has come by then; the other one goes on.
  await expect.poll(() => peers[0].take().received).toBe(0);
  await expect.poll(() => peers[1].take().received).toBeGreaterThan(0);
});

it('refuses viewers while nothing is published', async () => {
  const relay = await startRaw();
  onTestFinished(() => relay.stop());
  const peer = new ReceivingPeer();
  onTestFinished(() => peer.close());
  await expect(enter(relay.doors[0], peer)).rejects.toThrow(/nothing to play/);
});

it('leaves no process behind', async () => {
  const relay = await startRaw();
  await relay.stop();
  await relay.stop();
  // The system removes a group only when nobody is in it.
  expect(() => relay.group.pids).toThrow(/ENOENT/);
});
