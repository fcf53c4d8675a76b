import { createLogger, createRegistry } from '@meshlift/telemetry';
import { expect, it } from 'vitest';
import { LocalMediaNode } from './local-media-node.ts';
import { mediaNodeContract } from './media-node.contract.ts';
import { mediaNodeFuzzContract } from './media-node.fuzz.contract.ts';
import { mediaNodeLeftoversContract } from './media-node.leftovers.contract.ts';
import { startLocalMediaNode } from './media-node-under-test.ts';

mediaNodeContract('in this process', startLocalMediaNode);
mediaNodeFuzzContract('in this process', startLocalMediaNode, 1_500);
mediaNodeLeftoversContract('in this process', startLocalMediaNode);

it('says which port is taken', async () => {
  const options = { workers: 1, addresses: [{ ip: '127.0.0.1' }], logger: createLogger('silent') };
  const first = await LocalMediaNode.create({ ...options, rtcPort: 45_871, registry: createRegistry() });
  const second = LocalMediaNode.create({ ...options, rtcPort: 45_871, registry: createRegistry() });
  await expect(second).rejects.toThrow(/45871.*127\.0\.0\.1/);
  await first.close();
});
