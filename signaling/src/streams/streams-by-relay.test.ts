import { opusAudio } from '@meshlift/sfu/testing';
import { expect, it, onTestFinished, vi } from 'vitest';
import { joinMemoryCluster } from '../cluster/cluster.ts';
import { Departures } from '../cluster/departures.ts';
import { Nodes } from '../cluster/nodes.ts';
import { SessionRegistry } from '../sessions/session-registry.ts';
import { SessionTokens } from '../sessions/session-tokens.ts';
import { NativePeer } from '../testing/native-peer.ts';
import { testNode } from '../testing/test-node.ts';
import type { StreamSource } from './stream-source.ts';
import { Streams } from './streams.ts';

/** A source in some relay that counts how often anybody asks which one. */
class CountedSource implements StreamSource {
  readonly sourceId = 'camera';
  readonly offered = true;
  readonly sender = undefined;
  readonly #relayId: string;
  asked = 0;

  constructor(relayId: string) {
    this.#relayId = relayId;
  }

  get relayId(): string {
    this.asked += 1;
    return this.#relayId;
  }

  async open(): Promise<void> {}
  wantedBy(): void {}
  viewersChanged(): void {}
  renamed(): void {}
  relayLost(): void {}
  async close(): Promise<void> {}
}

it('an event of one relay reaches its own streams and asks nothing of the others', async () => {
  const { node: local, logger, registry } = await testNode();
  const limits = { graceSeconds: 1, maxStreams: 1_000, openClaims: false };
  const cluster = await joinMemoryCluster({ log: logger });
  const departures = new Departures(cluster.directory);
  onTestFinished(async () => {
    departures.close();
    await cluster.close();
  });
  const node = new Nodes({ routerRtpCapabilities: local.routerRtpCapabilities, self: cluster.self });
  node.add({ process: cluster.self, node: local, facts: { region: '', state: 'up', load: 0 } });
  const sessions = new SessionRegistry(new SessionTokens(cluster));
  const streams = new Streams({ node, cluster, departures, logger, registry, sessions, ...limits });
  const offer = (relayId: string) => {
    const source = new CountedSource(relayId);
    return { source, stream: streams.offer(() => source).stream };
  };
  const others = Array.from({ length: 300 }, (_, index) => offer(`relay ${index}`));
  const [first, second] = [offer('relay'), offer('relay')];
  for (const { source } of others) source.asked = 0;

  await node.openRelay('relay');
  const source = { relayId: 'relay', sessionId: 'ingest', sourceId: 'camera' };
  const { transport } = await node.openIngest({ ...source, terms: {} });
  const peer = await NativePeer.create(transport);
  await node.connectTransport('ingest', peer.dtlsParameters);
  await node.openProducer('ingest', { kind: 'audio', rtpParameters: opusAudio(), paused: false });
  await peer.connect();
  await vi.waitFor(() => expect([first.stream.state, second.stream.state]).toEqual(['live', 'live']));
  expect(offer('relay').stream.state).toBe('live');

  const lost = vi.spyOn(second.source, 'relayLost');
  await second.stream.end();
  for (const pid of local.workerPids()) process.kill(pid, 'SIGKILL');
  await vi.waitFor(() => expect(first.stream.state).toBe('waiting'));
  expect(lost).not.toHaveBeenCalled();
  expect(offer('relay').stream.state).toBe('waiting');
  expect(others.reduce((sum, { source }) => sum + source.asked, 0)).toBe(0);
  expect(others.every(({ stream }) => stream.state === 'waiting')).toBe(true);
});
