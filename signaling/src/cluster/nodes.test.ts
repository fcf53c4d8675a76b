import { type MediaNodeEvents, MeshliftError } from '@meshlift/protocol';
import type { LocalMediaNode } from '@meshlift/sfu';
import { opusAudio, viewerCapabilities } from '@meshlift/sfu/testing';
import { mediaNodeContract, startLocalMediaNode } from '@meshlift/sfu/testing/media-node';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { testNode } from '../testing/test-node.ts';
import { Nodes } from './nodes.ts';

mediaNodeContract('behind the facade', async (options) => {
  const started = await startLocalMediaNode(options);
  return { ...started, node: nodesOf(started.local) };
});

/** Nodes that are in other processes than the one that calls them, as far as it can tell. */
function nodesOf(...nodes: [LocalMediaNode, ...LocalMediaNode[]]): Nodes {
  const { routerRtpCapabilities } = nodes[0];
  const all = new Nodes({ routerRtpCapabilities, self: 'door' });
  for (const [index, node] of nodes.entries())
    all.add({ process: `node ${index}`, node, facts: { ...IDLE } });
  return all;
}

const IDLE = { region: '', state: 'up', load: 0 } as const;

/** Two real nodes as one. The first relay that is opened is on the first, and the second on the second. */
async function twoNodes() {
  const [{ node: first }, { node: second }] = [await testNode(), await testNode()];
  const nodes = nodesOf(first, second);
  await nodes.openRelay('one');
  await nodes.openRelay('two');
  return { first, second, nodes };
}

async function publish(nodes: Nodes, relayId: string, sessionId = `ingest of ${relayId}`) {
  await nodes.openIngest({ relayId, sessionId, sourceId: 'camera', terms: {} });
  const producer = { kind: 'audio', rtpParameters: opusAudio(), paused: false } as const;
  const { producerId } = await nodes.openProducer(sessionId, producer);
  return producerId;
}

function watch(nodes: Nodes, relayId: string, sessionId = `viewer of ${relayId}`) {
  const terms = { rtpCapabilities: viewerCapabilities() };
  return nodes.openViewer({ relayId, sessionId, subscription: { except: [] }, terms });
}

/** Whether a node has the relay open. */
const carries = (node: LocalMediaNode, relayId: string) =>
  node.workerPidsOf(relayId).then(
    () => true,
    () => false,
  );

/** Whether a session is asked of a node any more: one that is forgotten is not. */
async function isRouted(nodes: Nodes, node: LocalMediaNode, sessionId: string): Promise<boolean> {
  const asked = vi.spyOn(node, 'restartIce');
  await nodes.restartIce(sessionId).catch(() => undefined);
  const calls = asked.mock.calls.length;
  asked.mockRestore();
  return calls > 0;
}

const crash = (node: LocalMediaNode) => {
  for (const pid of node.workerPids()) process.kill(pid, 'SIGKILL');
};

function next<N extends keyof MediaNodeEvents>(nodes: Nodes, name: N): Promise<MediaNodeEvents[N]> {
  return new Promise((resolve) => nodes.on(name, resolve));
}

describe('routing', () => {
  it('places each relay on the less loaded node, with what is in it', async () => {
    const { first, second, nodes } = await twoNodes();
    await nodes.openRelay('two');
    expect(await Promise.all([carries(first, 'one'), carries(second, 'one')])).toEqual([true, false]);
    expect(await Promise.all([carries(first, 'two'), carries(second, 'two')])).toEqual([false, true]);
    await nodes.closeRelay('two');
    nodes.update('node 0', { ...IDLE, load: 0.5 });
    nodes.update('node 1', IDLE);
    await nodes.openRelay('three');
    expect(await Promise.all([carries(second, 'two'), carries(second, 'three')])).toEqual([false, true]);
  });

  it('asks a node that has not answered after the others, for some seconds', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const { first, second, nodes } = await twoNodes();
    const silent = vi.spyOn(first, 'openRelay').mockRejectedValueOnce(new MeshliftError('REQUEST_TIMEOUT'));
    onTestFinished(() => silent.mockRestore());
    const placed = async (relayId: string) => {
      await nodes.openRelay(relayId);
      return [await carries(first, relayId), await carries(second, relayId)];
    };
    expect(await placed('three')).toEqual([false, true]);
    expect(await placed('four')).toEqual([false, true]);
    expect(silent).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(5_000);
    expect(await placed('five')).toEqual([true, false]);
  });

  it('takes what is asked of a session to the node that has it', async () => {
    const { first, second, nodes } = await twoNodes();
    const asked = vi.spyOn(first, 'openProducer');
    for (const relayId of ['one', 'two']) {
      const producerId = await publish(nodes, relayId);
      const { consumers } = await watch(nodes, relayId);
      expect(consumers.map((consumer) => consumer.producerId)).toEqual([producerId]);
      expect(await nodes.listConsumers(`viewer of ${relayId}`)).toEqual(consumers);
      await nodes.resumeConsumers(
        `viewer of ${relayId}`,
        consumers.map(({ id }) => id),
      );
    }
    expect(asked).toHaveBeenCalledTimes(1);
    await expect(first.listConsumers('viewer of two')).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
    expect(await second.listConsumers('viewer of two')).toHaveLength(1);
  });

  it('refuses what nobody has, and ignores that it is closed', async () => {
    const { nodes } = await twoNodes();
    await expect(watch(nodes, 'unknown')).rejects.toMatchObject({ code: 'MEDIA_FAILED' });
    await expect(nodes.listConsumers('viewer of unknown')).rejects.toMatchObject({
      code: 'SESSION_NOT_FOUND',
    });
    await nodes.closeSession('viewer of unknown');
    await nodes.closeRelay('unknown');
  });

  it('answers with the codecs that every node routes', async () => {
    const { first, second, nodes } = await twoNodes();
    expect(nodes.routerRtpCapabilities).toEqual(first.routerRtpCapabilities);
    expect(nodes.routerRtpCapabilities).toEqual(second.routerRtpCapabilities);
  });
});

describe('what is over is forgotten', () => {
  it('a session that is closed', async () => {
    const { second, nodes } = await twoNodes();
    await publish(nodes, 'two');
    await watch(nodes, 'two');
    expect(await isRouted(nodes, second, 'viewer of two')).toBe(true);
    await nodes.closeSession('viewer of two');
    expect(await isRouted(nodes, second, 'viewer of two')).toBe(false);
    expect(await isRouted(nodes, second, 'ingest of two')).toBe(true);
  });

  it('a session that is closed while it is being opened', async () => {
    const { second, nodes } = await twoNodes();
    await publish(nodes, 'two');
    const opening = watch(nodes, 'two');
    // The node knows it by now.
    await Promise.resolve();
    await nodes.closeSession('viewer of two');
    await expect(opening).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
    expect(await isRouted(nodes, second, 'viewer of two')).toBe(false);
  });

  it('a session that the node has ended', async () => {
    const { second, nodes } = await twoNodes();
    await publish(nodes, 'two');
    const ended = next(nodes, 'sessionClosed');
    await publish(nodes, 'two', 'next ingest');
    expect(await ended).toEqual({ sessionId: 'ingest of two', code: 'SESSION_REPLACED' });
    expect(await isRouted(nodes, second, 'ingest of two')).toBe(false);
    expect(await isRouted(nodes, second, 'next ingest')).toBe(true);
  });

  it('a session that its node does not know any more, when it is asked about', async () => {
    const { second, nodes } = await twoNodes();
    await publish(nodes, 'two');
    await nodes.describeSession('ingest of two');
    const ended = next(nodes, 'sessionClosed');
    await second.close();
    await expect(nodes.describeSession('ingest of two')).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
    expect(await ended).toEqual({ sessionId: 'ingest of two', code: 'MEDIA_FAILED' });
    expect(await isRouted(nodes, second, 'ingest of two')).toBe(false);
  });

  it('a session that could not be opened', async () => {
    const { second, nodes } = await twoNodes();
    await publish(nodes, 'two');
    const request = { relayId: 'two', sessionId: 'viewer', subscription: { except: [] } };
    const opening = nodes.openViewer({ ...request, terms: { offer: 'no SDP' } });
    await expect(opening).rejects.toMatchObject({ code: 'SDP_INVALID' });
    expect(await isRouted(nodes, second, 'viewer')).toBe(false);
  });

  it('a relay that is closed, with its sessions and no others', async () => {
    const { first, second, nodes } = await twoNodes();
    await publish(nodes, 'one');
    await publish(nodes, 'two');
    await nodes.closeRelay('two');
    await expect(watch(nodes, 'two')).rejects.toMatchObject({ code: 'MEDIA_FAILED' });
    await nodes.openRelay('two');
    expect(await isRouted(nodes, second, 'ingest of two')).toBe(false);
    expect(await isRouted(nodes, first, 'ingest of one')).toBe(true);
  });

  it('a relay that was lost, which whoever hears of it opens again at once, elsewhere', async () => {
    const { first, second, nodes } = await twoNodes();
    // The one that will be lost carries more, so that the other is chosen.
    for (const relayId of ['three', 'four', 'five', 'six']) await nodes.openRelay(relayId);
    for (const relayId of ['three', 'five']) await nodes.closeRelay(relayId);
    await publish(nodes, 'two');
    const reopened = new Promise<void>((resolve, reject) => {
      nodes.on('relayLost', ({ relayId }) => {
        if (relayId === 'two') nodes.openRelay(relayId).then(resolve, reject);
      });
    });
    crash(second);
    await reopened;
    expect(await isRouted(nodes, second, 'ingest of two')).toBe(false);
    expect([await carries(first, 'one'), await carries(first, 'two')]).toEqual([true, true]);
    await publish(nodes, 'two', 'next ingest');
    expect((await watch(nodes, 'two')).consumers).toHaveLength(1);
  });

  it('a relay that could not be opened, for which another is chosen', async () => {
    const { first, second, nodes } = await twoNodes();
    const refusing = vi.spyOn(first, 'openRelay').mockRejectedValueOnce(new Error('no worker'));
    onTestFinished(() => refusing.mockRestore());
    await expect(nodes.openRelay('three')).rejects.toThrow('no worker');
    await expect(watch(nodes, 'three')).rejects.toMatchObject({ code: 'MEDIA_FAILED' });
    await nodes.openRelay('three');
    expect([await carries(first, 'three'), await carries(second, 'three')]).toEqual([true, false]);
  });
});

it('events of every node reach every listener once, as they are', async () => {
  const { nodes } = await twoNodes();
  const heard: MediaNodeEvents['consumerOpened'][] = [];
  nodes.on('consumerOpened', (event) => heard.push(event));
  for (const relayId of ['one', 'two']) {
    await nodes.openIngest({ relayId, sessionId: `ingest of ${relayId}`, sourceId: 'camera', terms: {} });
    await watch(nodes, relayId);
    const producer = { kind: 'audio', rtpParameters: opusAudio(), paused: false } as const;
    await nodes.openProducer(`ingest of ${relayId}`, producer);
  }
  await expect
    .poll(() => heard.map(({ sessionId }) => sessionId))
    .toEqual(['viewer of one', 'viewer of two']);
  expect(heard.map(({ consumer }) => consumer.sourceId)).toEqual(['camera', 'camera']);
});

it('closing it closes every node', async () => {
  const { first, second, nodes } = await twoNodes();
  await nodes.close();
  expect([first.workerPids(), second.workerPids()]).toEqual([[], []]);
  await expect(nodes.openRelay('one')).rejects.toMatchObject({ code: 'SERVER_CLOSING' });
});
