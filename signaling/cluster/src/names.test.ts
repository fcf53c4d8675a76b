import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { AtEnd } from './directory.contract.ts';
import { MemoryEngine } from './memory-engine.ts';
import { Names } from './names.ts';
import { Seal } from './seal.ts';
import { memoryNode, runFast } from './testing/memory-cluster.ts';
import { SimulatedClock } from './testing/simulated-clock.ts';

const [old, fresh] = [randomBytes(32), randomBytes(32)];

test('processes with the same key name things alike, and things of two kinds apart', async ({
  onTestFinished,
}) => {
  const { join } = cluster(onTestFinished);
  const [a, b] = [await join([old]), await join([old])];
  const name = a.names.nameOf('streams', 'my-show');
  expect(name).toMatch(/^[\w-]{22}$/);
  expect(b.names.nameOf('streams', 'my-show')).toBe(name);
  expect(a.names.nameOf('rooms', 'my-show')).not.toBe(name);
});

test('those who come at the same time agree', async ({ onTestFinished }) => {
  const { join } = cluster(onTestFinished);
  const nodes = await Promise.all([join([old]), join([old]), join([old])]);
  expect(new Set(nodes.map(({ names }) => names.nameOf('streams', 'x'))).size).toBe(1);
});

test('names last while the key is rotated, whoever is still there', async ({ onTestFinished }) => {
  const { join } = cluster(onTestFinished);
  const names: string[] = [];
  for (const keys of [[old], [old, fresh], [fresh, old], [fresh]]) {
    const node = await join(keys);
    names.push(node.names.nameOf('streams', 'my-show'));
  }
  expect(new Set(names).size).toBe(1);
});

test('names last while the key is rotated on one server that is restarted each time', async ({
  onTestFinished,
}) => {
  const { join } = cluster(onTestFinished);
  const names: string[] = [];
  for (const keys of [[old], [old, fresh], [fresh, old], [fresh]]) {
    const node = await join(keys);
    names.push(node.names.nameOf('streams', 'my-show'));
    node.names.close();
    await node.directory.close();
  }
  expect(new Set(names).size).toBe(1);
});

test('another key has other names', async ({ onTestFinished }) => {
  const { join } = cluster(onTestFinished);
  const [a, stranger] = [await join([old]), await join([fresh])];
  expect(stranger.names.nameOf('streams', 'x')).not.toBe(a.names.nameOf('streams', 'x'));
  expect(() => stranger.directory.assertKeyShared()).toThrow(/MESHLIFT_CLUSTER_KEY/);
  const friend = await join([old]);
  friend.directory.assertKeyShared();
});

test('names outlast an engine that comes back empty, also for one who joins right then', async ({
  onTestFinished,
}) => {
  const { join, engine, until } = cluster(onTestFinished);
  const a = await join([old]);
  const name = a.names.nameOf('streams', 'x');
  a.cutOff();
  engine.stop();
  engine.data.empty();
  engine.start();
  const joining = join([old]);
  await until(() => Object.keys(engine.data.dump().nodes).length === 1);
  a.restore();
  expect((await joining).names.nameOf('streams', 'x')).toBe(name);
  expect(a.names.nameOf('streams', 'x')).toBe(name);
});

test('what a stranger does to the secret is put right', async ({ onTestFinished }) => {
  const { join, engine, until } = cluster(onTestFinished);
  const a = await join([old]);
  const name = a.names.nameOf('streams', 'x');
  const key = `names-${a.seal.fingerprint}`;
  for (const data of ['"garbage"', JSON.stringify({ sealed: 'AAAA' }), undefined]) {
    const revision = engine.data.get('cluster', key)?.revision;
    engine.data.write('cluster', key, data, revision);
    await until(() => engine.data.get('cluster', key)?.data.includes('sealed') === true);
    const b = await join([old]);
    expect(b.names.nameOf('streams', 'x')).toBe(name);
  }
});

test('two that have made one each come to the same, and one of them lets go what it owned', async ({
  onTestFinished,
}) => {
  const { join, engine, until } = cluster(onTestFinished);
  const a = await join([old]);
  const name = a.names.nameOf('streams', 'x');
  await a.directory.claim('streams', name, {});
  a.cutOff();
  engine.stop();
  engine.data.empty();
  engine.start();
  const b = await join([old]);
  const other = b.names.nameOf('streams', 'x');
  expect(other).not.toBe(name);
  await b.directory.claim('streams', other, {});
  a.restore();
  await until(() => a.names.nameOf('streams', 'x') === b.names.nameOf('streams', 'x'));
  const [kept, left] = a.names.nameOf('streams', 'x') === name ? [a, b] : [b, a];
  await until(() => left.lost.length > 0);
  expect(left.lost).toMatchObject([{ kind: 'streams', name: left === a ? name : other }]);
  expect(kept.lost).toEqual([]);
  expect(kept.directory.holds('streams', kept.names.nameOf('streams', 'x'))).toBeDefined();
});

test('what is stored does not show the secret', async ({ onTestFinished }) => {
  const { join, engine } = cluster(onTestFinished);
  const a = await join([old]);
  expect(Object.keys(JSON.parse(Object.values(engine.data.dump().cluster)[0] ?? '{}') as object)).toEqual([
    'sealed',
  ]);
  expect(Object.keys(engine.data.dump().cluster)).toEqual([`names-${a.seal.fingerprint}`]);
});

function cluster(atEnd: AtEnd) {
  const clock = new SimulatedClock();
  const engine = new MemoryEngine({ clock });
  runFast(clock, atEnd);
  return {
    engine,
    join: async (keys: Uint8Array[]) => {
      const seal = new Seal(keys);
      const node = await memoryNode({ engine, clock, record: { keys: seal.fingerprints } });
      const { store, directory, log } = node;
      const names = await Names.join({ store, seal, directory, log, clock: node.clock });
      return { ...node, names, seal };
    },
    until: async (condition: () => boolean) => {
      while (!condition()) await setImmediate();
    },
  };
}
