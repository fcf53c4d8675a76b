import { createLogger, createRegistry } from '@meshlift/telemetry';
import { expect, it } from 'vitest';
import { viewerCapabilities } from '../testing/rtp-fixtures.ts';
import { LocalMediaNode } from './local-media-node.ts';
import { mediaNodeContract } from './media-node.contract.ts';
import { mediaNodeFuzzContract } from './media-node.fuzz.contract.ts';
import { mediaNodeLeftoversContract } from './media-node.leftovers.contract.ts';
import { startLocalMediaNode } from './media-node-under-test.ts';

mediaNodeContract('in this process', startLocalMediaNode);
mediaNodeFuzzContract('in this process', startLocalMediaNode, 1_500);
mediaNodeLeftoversContract('in this process', startLocalMediaNode);

it('takes nothing new where something else than its workers is all in use', async () => {
  let share = 0;
  const { node, local } = await startLocalMediaNode({ otherLoad: () => share });
  await node.openRelay('relay');
  share = 0.9;
  expect(local.load).toBe(0.9);
  await node.openRelay('another');
  share = 1;
  await expect(node.openRelay('one more')).rejects.toMatchObject({ code: 'SERVER_FULL' });
  const terms = { rtpCapabilities: viewerCapabilities() };
  const viewer = { relayId: 'relay', sessionId: 'viewer', subscription: { except: [] }, terms };
  await expect(node.openViewer(viewer)).rejects.toMatchObject({ code: 'SERVER_FULL' });
  share = 0.5;
  await node.openViewer(viewer);
});

it('says which port is taken', async () => {
  const options = { workers: 1, addresses: [{ ip: '127.0.0.1' }], logger: createLogger('silent') };
  const first = await LocalMediaNode.create({ ...options, rtcPort: 45_871, registry: createRegistry() });
  const second = LocalMediaNode.create({ ...options, rtcPort: 45_871, registry: createRegistry() });
  await expect(second).rejects.toThrow(/45871.*127\.0\.0\.1/);
  await first.close();
});
