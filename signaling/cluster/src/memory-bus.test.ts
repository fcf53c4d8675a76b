import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { busContract } from './bus.contract.ts';
import { MemoryBus } from './memory-bus.ts';
import { MemoryEngine } from './memory-engine.ts';
import { TestLog } from './testing/test-log.ts';

busContract('in memory', async () => {
  const engine = new MemoryEngine();
  return {
    connect: async () => connect(engine),
    stopEngine: async () => {
      engine.stop();
      await setImmediate();
    },
    startEngine: async () => {
      engine.start();
      await setImmediate();
    },
    maxPayload: engine.maxPayload,
  };
});

test('a bus that is cut off fails by itself; the others do not reach it', async () => {
  const engine = new MemoryEngine();
  const [a, b] = [connect(engine), connect(engine)];
  b.serve('node.b', () => 'here');

  b.link.cutOff({ noticed: true });
  await setImmediate();
  await expect(b.request('node.b', {}, { timeoutMs: 60_000 })).rejects.toMatchObject({
    code: 'DIRECTORY_UNAVAILABLE',
  });
  await expect(a.request('node.b', {}, { timeoutMs: 60_000 })).rejects.toMatchObject({
    code: 'NODE_UNREACHABLE',
  });
  expect([a.connected, b.connected]).toEqual([true, false]);

  b.link.restore();
  await setImmediate();
  expect(await a.request('node.b', {}, { timeoutMs: 5_000 })).toBe('here');
});

test('requests to a bus whose loss nobody has noticed get no answer', async () => {
  const engine = new MemoryEngine();
  const [a, b] = [connect(engine), connect(engine)];
  b.serve('node.b', () => 'here');
  b.link.cutOff({ noticed: false });
  await expect(a.request('node.b', {}, { timeoutMs: 20 })).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
});

test('an error without a code is logged where it arose', async () => {
  const log = new TestLog();
  const bus = new MemoryBus({ log });
  bus.serve('node.a', () => {
    throw new Error('unexpected');
  });
  await expect(bus.request('node.a', {}, { timeoutMs: 5_000 })).rejects.toMatchObject({ code: 'INTERNAL' });
  expect(log.lines).toEqual(['error: A request from the cluster failed']);
});

function connect(engine: MemoryEngine): MemoryBus {
  const bus = new MemoryBus({ log: new TestLog(), engine });
  onTestFinished(() => bus.close());
  return bus;
}
