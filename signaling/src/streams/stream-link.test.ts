import { MemoryEngine, Seal } from '@meshlift/cluster';
import { createLogger } from '@meshlift/telemetry';
import { expect, it, onTestFinished, vi } from 'vitest';
import { joinMemoryCluster } from '../cluster/cluster.ts';
import { StreamLink } from './stream-link.ts';

it('sends nothing to a door that has ended, where it would wait for ever', async () => {
  const shared = { log: createLogger('silent'), engine: new MemoryEngine(), seal: Seal.random() };
  const [here, there] = [await joinMemoryCluster(shared), await joinMemoryCluster(shared)];
  const ignore = () => undefined;
  const link = new StreamLink(here, {
    follow: () => Promise.reject(new Error('nobody follows')),
    demand: ignore,
    event: ignore,
    lostTrack: ignore,
  });
  onTestFinished(async () => {
    link.close();
    await here.close();
    await there.close();
  });
  await expect.poll(() => here.directory.nodes.length).toBe(2);
  const sent = vi.spyOn(here.delivery, 'send');
  const say = () => {
    link.sendDemand(there.self, 'name', link.demand({ size: 0, wanting: 0 }));
    link.sendEvent(there.self, 'name', { name: 'over', generation: 1, code: 'STREAM_NOT_FOUND' });
    return sent.mock.calls.length;
  };
  expect(say()).toBe(2);
  // It was thought to be gone, and is there.
  link.forget(there.self);
  expect(say()).toBe(4);
  await there.close();
  await expect.poll(() => here.directory.nodes.length).toBe(1);
  link.forget(there.self);
  expect(say()).toBe(4);
});
