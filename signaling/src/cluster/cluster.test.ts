import { opusAudio, viewerCapabilities } from '@meshlift/sfu/testing';
import { expect, it } from 'vitest';
import { testCluster } from '../testing/test-cluster.ts';
import { Nodes } from './nodes.ts';

it("processes of a cluster in memory know each other, claim things and reach each other's media", async () => {
  const { doors } = await testCluster(2);
  const [a, b] = doors as [(typeof doors)[0], (typeof doors)[0]];
  await expect
    .poll(() => a.cluster.directory.nodes.map(({ id }) => id).sort())
    .toEqual([a.cluster.self, b.cluster.self].sort());
  const name = a.cluster.names.nameOf('streams', 'one');
  expect(b.cluster.names.nameOf('streams', 'one')).toBe(name);
  await a.cluster.directory.claim('streams', name, {});
  const second = await b.cluster.directory.claim('streams', name, {});
  expect(second).toMatchObject({ heldBy: { owner: a.cluster.self } });

  await a.remote.get(b.cluster.self)?.openRelay('relay');
  await a.remote.get(b.cluster.self)?.openIngest({
    relayId: 'relay',
    sessionId: 'ingest',
    sourceId: 'camera',
    terms: {},
  });
  const audio = { kind: 'audio' as const, rtpParameters: opusAudio(), paused: false };
  await a.remote.get(b.cluster.self)?.openProducer('ingest', audio);
  const { consumers } = await a.local.openViewer({
    relayId: 'relay',
    sessionId: 'viewer',
    origin: b.cluster.self,
    subscription: { except: [] },
    terms: { rtpCapabilities: viewerCapabilities() },
  });
  expect(consumers.map(({ kind }) => kind)).toEqual(['audio']);
});

it('what could not be closed while its node was out of reach is closed when it is back', async () => {
  const { doors, engine } = await testCluster(2);
  const [a, b] = doors as [(typeof doors)[0], (typeof doors)[0]];
  const node = a.remote.get(b.cluster.self);
  if (!node) throw new Error('They do not know each other');
  const nodes = new Nodes({ routerRtpCapabilities: node.routerRtpCapabilities, self: a.cluster.self });
  nodes.add({ process: b.cluster.self, node, facts: { region: '', state: 'up', load: 0 } });
  await nodes.openRelay('relay');
  await nodes.openIngest({ relayId: 'relay', sessionId: 'ingest', sourceId: 'camera', terms: {} });
  engine.stop();
  await nodes.closeSession('ingest');
  await nodes.closeRelay('relay');
  await expect(b.local.workerPidsOf('relay')).resolves.toHaveLength(1);
  engine.start();
  await expect.poll(() => b.local.workerPidsOf('relay').catch(() => []), { timeout: 6_000 }).toEqual([]);
});
