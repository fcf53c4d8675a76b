import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LEASE_MS } from './directory.ts';
import { MemoryEngine } from './memory-engine.ts';
import type { ClaimRecord } from './records.ts';
import { type MemoryNode, memoryNode } from './testing/memory-cluster.ts';
import { type Event, lives, type ModelNode, OwnershipModel } from './testing/ownership-model.ts';
import { SimulatedClock } from './testing/simulated-clock.ts';

const RUNS = 250;

test('whatever happens, nobody owns what another owns, and in the end there is one owner', async () => {
  const { counterexample, seed } = await fc.check(
    fc.asyncProperty(lives, async (life) => (await violation(life)) === undefined),
    { numRuns: RUNS },
  );
  if (!counterexample) return;
  const life = await shorten(counterexample[0]);
  throw new Error(
    `${await violation(life)}\nafter:\n${life.map((event) => JSON.stringify(event)).join('\n')}\nseed ${seed}`,
  );
}, 120_000);

// What random lives have found.
test.each<{ name: string; life: Event[] }>([
  {
    name: 'a lease is lost while its owner is cut off for a moment',
    life: [
      { do: 'claim', node: 0, name: 0 },
      { do: 'wait', ms: 1_000 },
      { do: 'cut off', node: 0 },
      { do: 'forget lease', node: 0 },
      { do: 'claim', node: 1, name: 0 },
      { do: 'wait', ms: 1_000 },
      { do: 'restore', node: 0 },
      { do: 'act', node: 0, name: 0 },
    ],
  },
  {
    name: 'an owner is replaced while it is paused, and wakes with an order to give',
    life: [
      { do: 'claim', node: 0, name: 0 },
      { do: 'wait', ms: 3_000 },
      { do: 'pause', node: 0 },
      { do: 'wait', ms: 10_000 },
      { do: 'claim', node: 1, name: 0 },
      { do: 'wait', ms: 3_000 },
      { do: 'resume', node: 0 },
      { do: 'act', node: 0, name: 0 },
    ],
  },
])('$name', async ({ life }) => {
  expect(await violation(life)).toBeUndefined();
});

/** @returns what did not hold in this life of a cluster */
async function violation(life: readonly Event[]): Promise<string | undefined> {
  const { model, close } = await start();
  try {
    await model.run(life);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    close();
  }
}

/** Leaves out of a life that fails what it fails without. */
async function shorten(life: readonly Event[]): Promise<readonly Event[]> {
  for (let i = 0; i < life.length; i++) {
    const shorter = life.toSpliced(i, 1);
    if (await violation(shorter)) return await shorten(shorter);
  }
  return life;
}

/** How long after the engine each node is back. */
const BACK_AFTER_MS = [0, 700, 1_400];

async function start() {
  const clock = new SimulatedClock();
  const engine = new MemoryEngine({ clock });
  const starting = [1, 2, 5].map((latencyMs, i) =>
    memoryNode({ engine, clock, latencyMs, record: { id: `model-node-${i}` } }),
  );
  let started = false;
  const all = Promise.all(starting).finally(() => {
    started = true;
  });
  while (!started) await clock.pass(10);
  // They have just come; before that they would take over nothing.
  await clock.pass(LEASE_MS);
  const nodes = (await all).map((node, i) =>
    reconnecting(node, { clock, backAfterMs: BACK_AFTER_MS[i] ?? 0 }),
  );
  const startEngine = () => {
    if (engine.running) return;
    for (const node of nodes) node.engineStarts();
    engine.start();
  };
  const stored = (name: string) => {
    const entry = engine.data.get('streams', name);
    const record = entry && (JSON.parse(entry.data) as ClaimRecord);
    return record?.held ? record : undefined;
  };
  const model = new OwnershipModel({
    nodes: nodes.map((node) => node.model),
    stopEngine: () => engine.stop(),
    startEngine,
    emptyEngine: () => {
      engine.stop();
      engine.data.empty();
      startEngine();
    },
    keepEngine: () => engine.data.snapshot(),
    now: () => clock.now(),
    wait: (ms) => clock.pass(ms),
    healMs: 30_000,
    stored: async (name) => stored(name),
    inside: { stored, hasLease: (node) => engine.data.get('nodes', node) !== undefined },
    forgetLease: (node) => engine.data.expire('nodes', node),
  });
  return { model, close: () => void nodes.map(({ model }) => model.directory.close()) };
}

/** A node that takes its time to find an engine that has started again. */
function reconnecting(
  node: MemoryNode,
  { clock, backAfterMs }: { clock: SimulatedClock; backAfterMs: number },
) {
  const { directory, bus, clock: own } = node;
  let cut = false;
  let starts = 0;
  const model: ModelNode = {
    directory,
    run: (work) => own.soon(() => void work()),
    wellConnected: () => bus.link.reaches() && bus.connected && !own.paused,
    pause: () => own.pause(),
    suspend: () => own.suspend(),
    resume: () => own.resume(),
    cutOff: () => {
      cut = true;
      node.cutOff();
    },
    silence: () => {
      cut = true;
      node.silence();
    },
    restore: () => {
      cut = false;
      node.restore();
    },
  };
  const engineStarts = () => {
    starts += 1;
    const start = starts;
    if (cut || backAfterMs === 0) return;
    node.cutOff();
    clock.after(backAfterMs, () => {
      if (!cut && start === starts) node.restore();
    });
  };
  return { model, engineStarts };
}
