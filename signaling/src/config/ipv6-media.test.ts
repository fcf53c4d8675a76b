import { networkInterfaces } from 'node:os';
import { LocalMediaNode } from '@meshlift/sfu';
import { createLogger, createRegistry } from '@meshlift/telemetry';
import { expect, it, onTestFinished } from 'vitest';
import { SdpPeer } from '../testing/sdp-peer.ts';

const hasIpv6 = Object.values(networkInterfaces()).some((found) =>
  found?.some(({ address }) => address === '::1'),
);

// RFC 4291, section 2.5.3: a kernel without IPv6 has not even this.
it.skipIf(!hasIpv6)('media goes over IPv6 where that alone is announced', async () => {
  const node = await LocalMediaNode.create({
    workers: 1,
    addresses: [{ ip: '0.0.0.0' }, { ip: '::' }],
    announced: () => ['::1'],
    rtcPort: 0,
    logger: createLogger('silent'),
    registry: createRegistry(),
  });
  onTestFinished(() => node.close());
  await node.openRelay('relay');
  const publisher = await SdpPeer.create('SendOnly', 'audio', 'video');
  const published = await node.openIngest({
    relayId: 'relay',
    sessionId: 'ingest',
    sourceId: 'camera',
    terms: { offer: publisher.offer },
  });
  expect(published.answer).toMatch(/^a=candidate:\S+ 1 udp \d+ ::1 /m);
  await publisher.connect(published.answer);
  publisher.send();
  const player = await SdpPeer.create('RecvOnly', 'audio', 'video');
  const played = await node.openViewer({
    relayId: 'relay',
    sessionId: 'viewer',
    subscription: { except: [] },
    terms: { offer: player.offer },
  });
  await player.connect(played.answer);
  await expect.poll(() => player.received.audio, { timeout: 5_000 }).toBeGreaterThan(10);
  await expect.poll(() => player.received.video, { timeout: 5_000 }).toBeGreaterThan(10);
});
