import type { StreamStatus } from '@meshlift/protocol';
import { expect, it } from 'vitest';
import { play, publishLive } from '../testing/sdp-client.ts';
import { SdpPeer } from '../testing/sdp-peer.ts';
import { TestServer } from '../testing/test-server.ts';

/** Three looks at the audience, of which there is one every eight seconds, and as many to spare. */
const PATIENCE = { timeout: 50_000, interval: 500 };

async function watch(server: TestServer, streamId: string): Promise<SdpPeer> {
  const peer = await SdpPeer.create('RecvOnly', 'video');
  await peer.connect(await (await play(server, streamId, peer.offer)).text());
  return peer;
}

it('a publisher hears that viewers cannot decode what it sends, and not while most of them can', {
  timeout: 60_000,
}, async () => {
  const server = await TestServer.start();
  const [fine, broken] = await Promise.all([server.createStream(), server.createStream()]);
  for (const stream of [fine, broken]) await publishLive(server, stream, 'video');
  // One device that cannot is no fault of the encoder.
  const viewers = [
    watch(server, broken.streamId),
    ...Array.from({ length: 3 }, () => watch(server, fine.streamId)),
  ];
  const [unable, odd] = await Promise.all(viewers);
  for (const viewer of [unable, odd]) viewer?.askForKeyFrames({ everyMs: 250 });

  const findings = async ({ streamId, publishKey }: typeof fine) => {
    const response = await server.call('GET', `/api/streams/${streamId}`, publishKey);
    const { report } = (await response.json()) as StreamStatus;
    return report.findings.map(({ code, severity }) => `${severity} ${code}`);
  };
  await expect.poll(() => findings(broken), PATIENCE).toContain('problem VIEWERS_CANNOT_DECODE');
  expect(await findings(fine)).not.toContain('problem VIEWERS_CANNOT_DECODE');
});
