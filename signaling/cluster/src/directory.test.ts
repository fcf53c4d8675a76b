import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type AtEnd, directoryContract } from './directory.contract.ts';
import { LEASE_MS } from './directory.ts';
import { MemoryEngine } from './memory-engine.ts';
import { Names } from './names.ts';
import type { NodeRecord } from './records.ts';
import { Seal } from './seal.ts';
import { memoryNode, runFast } from './testing/memory-cluster.ts';
import { SimulatedClock } from './testing/simulated-clock.ts';

const stream = 'a-stream-name-00000000';

directoryContract('in memory', async (atEnd) => setUp(atEnd));

/** A cluster in memory, whose time passes as fast as it can. */
function setUp(atEnd: AtEnd) {
  const clock = new SimulatedClock();
  const engine = new MemoryEngine({ clock });
  runFast(clock, atEnd);
  return {
    clock,
    engine,
    join: (record: Partial<NodeRecord> = {}) => memoryNode({ engine, clock, record }),
    stopEngine: async () => engine.stop(),
    startEngine: async (stored: 'kept' | 'lost') => {
      if (stored === 'lost') engine.data.empty();
      engine.start();
    },
    until: async (condition: () => boolean | Promise<boolean>) => {
      while (!(await condition())) await setImmediate();
    },
    now: () => clock.now(),
  };
}

describe('a process that was paused', () => {
  test('answers nothing until it has read what it still owns: it has been replaced', async ({
    onTestFinished,
  }) => {
    const { a, b, ask, until } = await paused(onTestFinished);
    a.clock.pause();
    a.cutOff();
    await until(async () => 'claim' in (await b.directory.claim('streams', stream, {})));
    a.restore();
    a.clock.resume();
    expect(await ask()).toBe('lost');
    expect(a.lost).toMatchObject([{ name: stream, generation: 1 }]);
  });

  test('answers nothing until it has read what it still owns: it is still its own', async ({
    onTestFinished,
  }) => {
    const { a, b, ask, until, clock } = await paused(onTestFinished);
    a.clock.pause();
    const start = clock.now();
    await until(() => clock.now() - start > LEASE_MS + 1_500);
    // Its lease has expired, but it may only be slow.
    expect(await b.directory.claim('streams', stream, {})).toMatchObject({
      heldBy: { owner: a.directory.id },
    });
    const asked = ask();
    a.clock.resume();
    expect(await asked).toBe('owned');
    expect(a.lost).toEqual([]);
  });

  test('finds out when its clock stood still as well', async ({ onTestFinished }) => {
    const { a, b, ask, until, clock } = await paused(onTestFinished);
    a.clock.suspend();
    a.cutOff();
    await until(async () => 'claim' in (await b.directory.claim('streams', stream, {})));
    a.restore();
    a.clock.resume();
    const resumed = clock.now();
    await until(() => a.lost.length > 0);
    expect(clock.now() - resumed).toBeLessThan(1_500);
    expect(await ask()).toBe('lost');
  });

  test('answers nothing while it cannot read what it still owns', async ({ onTestFinished }) => {
    const { a, b, until, clock } = await paused(onTestFinished);
    a.clock.pause();
    a.cutOff();
    const start = clock.now();
    await until(() => clock.now() - start > 10_000);
    a.clock.resume();
    await expect(a.directory.awake()).rejects.toMatchObject({ code: 'DIRECTORY_UNAVAILABLE' });
    a.restore();
    await until(() =>
      a.directory.awake().then(
        () => true,
        () => false,
      ),
    );
    expect(a.directory.holds('streams', stream)).toBeDefined();
    expect(b.lost).toEqual([]);
  });

  test('does not take back what another has claimed since the engine came back empty', async ({
    onTestFinished,
  }) => {
    const { a, b, engine, ask, until } = await paused(onTestFinished);
    await a.directory.release({ kind: 'streams', name: stream, owner: a.directory.id, generation: 1 });
    await a.directory.claim('streams', stream, {});
    a.clock.pause();
    engine.stop();
    engine.data.empty();
    engine.start();
    await until(async () => 'claim' in (await b.directory.claim('streams', stream, {}).catch(() => ({}))));
    a.clock.resume();
    await until(() => a.lost.length + b.lost.length > 0);
    expect([a.lost.length, b.lost.length]).toEqual([1, 0]);
    expect(await ask()).toBe('lost');
  });

  async function paused(atEnd: AtEnd) {
    const cluster = setUp(atEnd);
    const [a, b] = [await cluster.join(), await cluster.join()];
    await a.directory.claim('streams', stream, {});
    const owned = () => (a.directory.holds('streams', stream) ? 'owned' : 'lost');
    a.bus.serve('owner', a.directory.guard(owned));
    /** Until there is an answer: right after the pause the connection is not there yet. */
    const ask = async (): Promise<unknown> => {
      for (;;) {
        try {
          return await b.bus.request('owner', {}, { timeoutMs: 60_000 });
        } catch (error) {
          expect(error).toMatchObject({ status: 503 });
        }
      }
    };
    return { ...cluster, a, b, ask };
  }
});

test('what is stored holds no name, and nothing but the fields that are allowed', async ({
  onTestFinished,
}) => {
  const { join, engine } = setUp(onTestFinished);
  const { directory, store, log, clock } = await join({ region: 'north', subject: 'media.node' });
  const names = await Names.join({ store, seal: Seal.random(), directory, log, clock });
  const name = names.nameOf('streams', 'canary-stream-id');
  await directory.claim('streams', name, {
    state: 'live',
    mediaNode: directory.id,
    keyHash: names.nameOf('keys', 'canary-key'),
  });
  await directory.claim('rooms', names.nameOf('rooms', 'canary-room'), {
    mode: 'sfu',
    epoch: 3,
    locked: true,
  });
  const stored = engine.data.dump();
  expect(JSON.stringify(stored)).not.toContain('canary');
  const fields = (bucket: Record<string, string>) =>
    Object.values(bucket).flatMap((text) => Object.keys(JSON.parse(text) as object));
  expect(fields(stored.cluster)).toEqual(['sealed']);
  expect(fields(stored.nodes)).toEqual([
    'id',
    'role',
    'region',
    'protocol',
    'state',
    'load',
    'subject',
    'keys',
  ]);
  expect(fields(stored.streams).sort()).toEqual([
    'generation',
    'held',
    'keyHash',
    'mediaNode',
    'owner',
    'state',
  ]);
  expect(fields(stored.rooms).sort()).toEqual(['epoch', 'generation', 'held', 'locked', 'mode', 'owner']);
});

test('many claims are registered again together', async ({ onTestFinished }) => {
  const { join, engine, until } = setUp(onTestFinished);
  const a = await join();
  const names = Array.from({ length: 200 }, (_, i) => `stream-name-${String(i).padStart(10, '0')}`);
  await Promise.all(names.map((name) => a.directory.claim('streams', name, {})));
  engine.stop();
  engine.data.empty();
  engine.start();
  await until(() => Object.keys(engine.data.dump().streams).length === names.length);
  expect(a.lost).toEqual([]);
});
