import type { Clock } from '@meshlift/cluster';
import type { MediaNodeEvents } from '@meshlift/protocol';
import { MAX_UNATTENDED_MS } from '@meshlift/sfu';
import { opusAudio, viewerCapabilities } from '@meshlift/sfu/testing';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NativePeer } from '../testing/native-peer.ts';
import { type TestDoor, testCluster } from '../testing/test-cluster.ts';
import { Nodes } from './nodes.ts';
import type { RemoteMediaNode } from './remote-media-node.ts';

const GRACE_MS = 1_000;

/** Time that passes when the test says so. */
class ManualClock implements Clock {
  #now = 0;
  readonly #timers = new Set<{ at: number; callback: () => void }>();

  now(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#now + ms, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  soon(callback: () => void): void {
    setImmediate(callback);
  }

  advance(ms: number): void {
    this.#now += ms;
    for (const timer of [...this.#timers]) {
      if (timer.at <= this.#now && this.#timers.delete(timer)) timer.callback();
    }
  }
}

const camera = { relayId: 'relay', sessionId: 'ingest', sourceId: 'camera', terms: {} };
const viewer = {
  relayId: 'relay',
  sessionId: 'viewer',
  subscription: { except: [] },
  terms: { rtpCapabilities: viewerCapabilities() },
};
const track = { kind: 'audio' as const, rtpParameters: opusAudio(), paused: false };
const another = () => ({ ...track, rtpParameters: { ...opusAudio(), mid: '2', encodings: [{ ssrc: 99 }] } });

/** A media node that one process has a relay with an ingest and a viewer on, and two more processes. */
async function start() {
  const clock = new ManualClock();
  const { doors } = await testCluster(4, { graceMs: GRACE_MS, clock });
  const [host, ...callers] = doors as [TestDoor, TestDoor, TestDoor, TestDoor];
  const [first, second, third] = callers.map((door) => {
    const node = door.remote.get(host.cluster.self) as RemoteMediaNode;
    const events: { name: string; event: unknown }[] = [];
    for (const name of ['consumerOpened', 'ingestFlow', 'relayLost', 'sessionClosed'] as const) {
      node.on(name, (event: MediaNodeEvents[typeof name]) => events.push({ name, event }));
    }
    return { ...door, node, events, self: door.cluster.self };
  }) as [Caller, Caller, Caller];
  await first.node.openRelay('relay');
  const { transport } = await first.node.openIngest(camera);
  await first.node.openProducer('ingest', track);
  const { consumers } = await first.node.openViewer(viewer);
  return { clock, host, first, second, third, transport, consumers };
}

type Caller = TestDoor & {
  node: RemoteMediaNode;
  events: { name: string; event: unknown }[];
  self: string;
};

const codeOf = (asked: Promise<unknown>) =>
  asked.then(
    () => 'done',
    ({ code }: { code: string }) => code,
  );

describe('a session of a media node', () => {
  it('is given to nobody while its owner is there', async () => {
    const { first, second, consumers } = await start();
    expect(await second.node.adopt('viewer')).toEqual({ heldBy: first.self });
    expect(await second.node.adoptRelay('relay')).toEqual({ heldBy: first.self });
    expect(await first.node.listConsumers('viewer')).toEqual(consumers);
    expect(await codeOf(second.node.adopt('nobody'))).toBe('SESSION_NOT_FOUND');
    expect(await codeOf(second.node.adoptRelay('none'))).toBe('MEDIA_FAILED');
  });

  it('is given to the first who asks when its owner is gone, as it is, and reports to that one', async () => {
    const { host, first, second, third, consumers } = await start();
    host.server.orphan(first.self);
    expect(await second.node.adopt('viewer')).toMatchObject({
      adopted: { role: 'viewer', relayId: 'relay', consumers },
    });
    expect(await second.node.adopt('viewer')).toHaveProperty('adopted');
    expect(await third.node.adopt('viewer')).toEqual({ heldBy: second.self });
    await second.node.resumeConsumers('viewer', []);
    expect(await codeOf(first.node.listConsumers('viewer'))).toBe('SESSION_NOT_FOUND');
    await host.local.openProducer('ingest', another());
    await expect
      .poll(() => second.events)
      .toMatchObject([{ name: 'consumerOpened', event: { sessionId: 'viewer' } }]);
    expect(first.events.filter(({ name }) => name === 'consumerOpened')).toEqual([]);
  });

  it('is given to the one that its owner offers it to', async () => {
    const { first, second, third } = await start();
    expect(await codeOf(second.node.offer('viewer', second.self))).toBe('SESSION_NOT_FOUND');
    await first.node.offer('viewer', second.self);
    expect(await third.node.adopt('viewer')).toEqual({ heldBy: first.self });
    expect(await second.node.adopt('viewer')).toHaveProperty('adopted');
    expect(await codeOf(first.node.restartIce('viewer'))).toBe('SESSION_NOT_FOUND');
    expect(await first.node.adopt('viewer')).toEqual({ heldBy: second.self });
  });

  it('goes on until the end of the grace time, and no longer without an owner', async () => {
    const { clock, host, first, second } = await start();
    host.server.orphan(first.self);
    clock.advance(GRACE_MS - 1);
    expect(await host.local.listConsumers('viewer')).toHaveLength(1);
    await second.node.adoptRelay('relay');
    clock.advance(1);
    await expect.poll(() => codeOf(host.local.listConsumers('viewer'))).toBe('SESSION_NOT_FOUND');
    expect(await second.node.listWantedLayers('ingest')).toHaveLength(1);
  });
});

describe('a relay of a media node', () => {
  it('is given with the sessions of its publishers, and does not obey its former owner', async () => {
    const { host, first, second } = await start();
    host.server.orphan(first.self);
    const token = { owner: second.self, generation: 2 };
    expect(await second.node.adoptRelay('relay', token)).toEqual({
      adopted: { ingests: [{ sessionId: 'ingest', sourceId: 'camera', byOffer: false, flowing: false }] },
    });
    expect(await second.node.listWantedLayers('ingest')).toHaveLength(1);
    expect(await codeOf(first.node.listWantedLayers('ingest'))).toBe('SESSION_NOT_FOUND');
    expect(await codeOf(first.node.closeRelay('relay'))).toBe('STALE_OWNER');
    expect(await codeOf(first.node.openRelay('relay'))).toBe('STALE_OWNER');
    const before = { owner: first.self, generation: 1 };
    expect(await codeOf(first.node.openIngest({ ...camera, sessionId: 'late', owner: before }))).toBe(
      'STALE_OWNER',
    );
    expect(await codeOf(first.node.closeRelay('relay', before))).toBe('STALE_OWNER');
    await second.node.closeRelay('relay', token);
    expect(await codeOf(host.local.listWantedLayers('ingest'))).toBe('SESSION_NOT_FOUND');
  });

  it('is not given to one who shows an older claim', async () => {
    const { host, first, second, third } = await start();
    host.server.orphan(first.self);
    await second.node.adoptRelay('relay', { owner: second.self, generation: 3 });
    host.server.orphan(second.self);
    expect(await codeOf(third.node.adoptRelay('relay', { owner: third.self, generation: 2 }))).toBe(
      'STALE_OWNER',
    );
    expect(await third.node.adoptRelay('relay', { owner: third.self, generation: 4 })).toHaveProperty(
      'adopted',
    );
  });

  it('is closed at the end of the grace time when no media flows, and not before', async () => {
    const { clock, host, first } = await start();
    host.server.orphan(first.self);
    clock.advance(GRACE_MS - 1);
    expect(await host.local.listWantedLayers('ingest')).toHaveLength(1);
    clock.advance(1);
    await expect.poll(() => codeOf(host.local.listWantedLayers('ingest'))).toBe('SESSION_NOT_FOUND');
    expect(await codeOf(host.local.workerPidsOf('relay'))).toBe('MEDIA_FAILED');
  });

  it('goes on without an owner while media flows to it, can be adopted, and ends with the media', async () => {
    const { clock, host, first, second, transport } = await start();
    const peer = await NativePeer.create(transport);
    await first.node.connectTransport('ingest', peer.dtlsParameters);
    await peer.connect();
    await expect.poll(() => first.events.map(({ name }) => name)).toContain('ingestFlow');
    host.server.orphan(first.self);
    clock.advance(GRACE_MS);
    // Its viewer has gone by then; the ingest is still there.
    await expect.poll(() => codeOf(host.local.listConsumers('viewer'))).toBe('SESSION_NOT_FOUND');
    expect(await host.local.listWantedLayers('ingest')).toHaveLength(1);
    clock.advance(MAX_UNATTENDED_MS - 1);
    expect(await second.node.adoptRelay('relay')).toEqual({
      adopted: { ingests: [{ sessionId: 'ingest', sourceId: 'camera', byOffer: false, flowing: true }] },
    });
    await expect.poll(() => second.events).toMatchObject([{ name: 'ingestFlow', event: { flowing: true } }]);
    clock.advance(MAX_UNATTENDED_MS);
    expect(await second.node.listWantedLayers('ingest')).toHaveLength(1);
    host.server.orphan(second.self);
    clock.advance(GRACE_MS);
    await host.local.closeSession('ingest');
    await expect.poll(() => codeOf(host.local.workerPidsOf('relay'))).toBe('MEDIA_FAILED');
  });

  it('that nobody adopts ends even if media flows for ever', async () => {
    const { clock, host, first, transport } = await start();
    const peer = await NativePeer.create(transport);
    await first.node.connectTransport('ingest', peer.dtlsParameters);
    await peer.connect();
    await expect.poll(() => first.events.map(({ name }) => name)).toContain('ingestFlow');
    host.server.orphan(first.self);
    clock.advance(GRACE_MS);
    await expect.poll(() => codeOf(host.local.listConsumers('viewer'))).toBe('SESSION_NOT_FOUND');
    clock.advance(MAX_UNATTENDED_MS);
    await expect.poll(() => codeOf(host.local.workerPidsOf('relay'))).toBe('MEDIA_FAILED');
  });
});

it('two witnesses decide whether an owner is gone: its lease has expired, and it does not answer', {
  timeout: 20_000,
}, async () => {
  const { host, first, second } = await start();
  first.kill();
  expect(await second.node.adopt('viewer')).toEqual({ heldBy: first.self });
  await expect
    .poll(() => second.node.adopt('viewer').catch(({ code }) => code), { timeout: 12_000, interval: 300 })
    .toHaveProperty('adopted');
  expect(await host.local.listConsumers('viewer')).toHaveLength(1);
});

it('all nodes together take over what another process has left on one of them', async () => {
  const { host, first, second } = await start();
  const nodes = new Nodes({ routerRtpCapabilities: host.local.routerRtpCapabilities, self: second.self });
  const facts = { region: '', state: 'up' as const, load: 0 };
  nodes.add({ process: host.cluster.self, node: second.node, adoption: second.node, facts });
  expect(await nodes.adopt(host.cluster.self, 'viewer')).toEqual({ heldBy: first.self });
  expect(await codeOf(nodes.listConsumers('viewer'))).toBe('SESSION_NOT_FOUND');
  host.server.orphan(first.self);
  expect(await nodes.adoptRelay(host.cluster.self, 'relay')).toHaveProperty('adopted');
  expect(await nodes.adopt(host.cluster.self, 'viewer')).toHaveProperty('adopted');
  expect(nodes.originOf('relay')).toBe(host.cluster.self);
  expect(nodes.processOf('viewer')).toBe(host.cluster.self);
  expect(await nodes.listConsumers('viewer')).toHaveLength(1);
  expect(await nodes.listWantedLayers('ingest')).toHaveLength(1);
  expect(await codeOf(nodes.adopt('a-process-that-is-gone', 'viewer'))).toBe('SESSION_NOT_FOUND');
  const lost = new Promise((resolve) => nodes.on('relayLost', resolve));
  for (const pid of host.local.workerPids()) process.kill(pid, 'SIGKILL');
  expect(await lost).toEqual({ relayId: 'relay' });
});

describe('whatever processes do', () => {
  it('a session has one owner, whom alone it obeys, and is given to another only by the rules', {
    timeout: 30_000,
  }, async () => {
    const { host, first, second, third } = await start();
    const callers = [first, second, third];
    const sessions = ['a', 'b', 'c'];
    const caller = fc.nat(callers.length - 1);
    const session = fc.constantFrom(...sessions);
    const step = fc.oneof(
      fc.record({ does: fc.constant('open' as const), who: caller, session }),
      fc.record({ does: fc.constant('close' as const), who: caller, session }),
      fc.record({ does: fc.constant('use' as const), who: caller, session }),
      fc.record({ does: fc.constant('adopt' as const), who: caller, session }),
      fc.record({ does: fc.constant('offer' as const), who: caller, session, to: caller }),
      fc.record({ does: fc.constant('die' as const), who: caller }),
    );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        run += 1;
        const relayId = `relay-${run}`;
        await host.local.openRelay(relayId);
        /** The owner of each session that is open, if it has one, and whom it was offered to. */
        const model = new Map<string, { owner: number | undefined; offered: number | undefined }>();
        for (const each of steps) {
          const { node } = callers[each.who] as Caller;
          if (each.does === 'die') {
            host.server.orphan((callers[each.who] as Caller).self);
            for (const known of model.values()) if (known.owner === each.who) known.owner = undefined;
            continue;
          }
          const sessionId = `${each.session}-${run}`;
          const known = model.get(sessionId);
          const isOwn = known !== undefined && known.owner === each.who;
          if (each.does === 'open') {
            const opening = node.openIngest({ relayId, sessionId, sourceId: each.session, terms: {} });
            expect(await codeOf(opening)).toBe(known ? 'WRONG_STATE' : 'done');
            if (!known) model.set(sessionId, { owner: each.who, offered: undefined });
          } else if (each.does === 'close') {
            await node.closeSession(sessionId);
            if (isOwn) model.delete(sessionId);
          } else if (each.does === 'use') {
            expect(await codeOf(node.listWantedLayers(sessionId))).toBe(isOwn ? 'done' : 'SESSION_NOT_FOUND');
          } else if (each.does === 'offer') {
            const to = callers[each.to] as Caller;
            expect(await codeOf(node.offer(sessionId, to.self))).toBe(isOwn ? 'done' : 'SESSION_NOT_FOUND');
            if (isOwn) known.offered = each.to;
          } else {
            const adoption = await node.adopt(sessionId).catch(({ code }: { code: string }) => code);
            if (!known) {
              expect(adoption).toBe('SESSION_NOT_FOUND');
            } else if (known.owner === undefined || isOwn || known.offered === each.who) {
              expect(adoption).toHaveProperty('adopted');
              model.set(sessionId, { owner: each.who, offered: undefined });
            } else {
              expect(adoption).toEqual({ heldBy: (callers[known.owner] as Caller).self });
            }
          }
        }
        for (const sessionId of model.keys())
          expect(await codeOf(host.local.restartIce(sessionId))).toBe('done');
        await host.local.closeRelay(relayId);
        for (const { self } of callers) host.server.orphan(self);
      }),
      { numRuns: 40 },
    );
  });
});
