import { describe, expect, it, onTestFinished } from 'vitest';
import { enter } from '../peers/doors/enter.ts';
import { ReceivingPeer } from '../peers/receiving-peer.ts';
import { sendTo } from '../testing/send-to.ts';
import { hasJanus, startJanus } from './janus.ts';
import { startMeshlift } from './meshlift.ts';
import { startRaw } from './raw.ts';
import type { Door, RelayUnderTest } from './relay.ts';

async function open<R extends RelayUnderTest>(starting: Promise<R>): Promise<R> {
  const relay = await starting;
  onTestFinished(() => relay.stop());
  return relay;
}

function peer(): ReceivingPeer {
  const made = new ReceivingPeer();
  onTestFinished(() => made.close());
  return made;
}

describe.each([
  { name: 'Meshlift', start: startMeshlift, isThere: true },
  { name: 'the raw worker', start: startRaw, isThere: true },
  {
    name: hasJanus() ? 'Janus' : 'Janus (skipped: it is not installed)',
    start: startJanus,
    isThere: hasJanus(),
  },
])('$name', ({ start, isThere }) => {
  it.skipIf(!isThere)('brings a picture to viewers, until they leave', async () => {
    const relay = await open(start());
    await sendTo(relay.ingest);
    const peers = [peer(), peer()] as const;
    const entries = await Promise.all(peers.map((peer) => enter(relay.doors[0], peer)));
    await Promise.all(peers.map((peer) => peer.firstPacket));
    await expect.poll(() => peers[0].take().received).toBeGreaterThan(1);
    expect(relay.group.usage.cpuSeconds).toBeGreaterThan(0);

    await entries[0]?.leave();
    // What was on its way has come by then; the other one goes on.
    await expect.poll(() => peers[0].take().received).toBe(0);
    await expect.poll(() => peers[1].take().received).toBeGreaterThan(0);
  });

  it.skipIf(!isThere)('leaves no process behind, however often it is stopped', async () => {
    const relay = await start();
    await relay.stop();
    await relay.stop();
    expect(relay.group.pids).toEqual([]);
  });
});

it('counts all processes of a relay, not only the first one', async () => {
  const relay = await open(startRaw());
  await sendTo(relay.ingest);
  expect(relay.group.pids).toHaveLength(2);
});

describe('a viewer is refused, and told why,', () => {
  it('by the raw worker while nothing is published', async () => {
    const relay = await open(startRaw());
    await expect(enter(relay.doors[0], peer())).rejects.toThrow(/nothing to play/);
  });

  it('by Meshlift for a stream that it does not have', async () => {
    const relay = await open(startMeshlift());
    const door: Door = { kind: 'whep', url: `${relay.url}/whep/another` };
    await expect(enter(door, peer())).rejects.toThrow(/404.*STREAM_NOT_FOUND/);
  });

  it.skipIf(!hasJanus())('by Janus for a mountpoint that it does not have', async () => {
    const relay = await open(startJanus());
    const [door] = relay.doors;
    if (door.kind !== 'janus') throw new Error('this is no door of Janus');
    await expect(enter({ ...door, mountpoint: 99 }, peer())).rejects.toThrow(/99/);
  });
});
