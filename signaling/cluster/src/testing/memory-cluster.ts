import type { AtEnd, TestNode } from '../directory.contract.ts';
import { type Claim, Directory } from '../directory.ts';
import { MemoryBus } from '../memory-bus.ts';
import type { MemoryEngine } from '../memory-engine.ts';
import { MemoryStore } from '../memory-store.ts';
import type { NodeRecord } from '../records.ts';
import { ProcessClock } from './process-clock.ts';
import type { SimulatedClock } from './simulated-clock.ts';
import { TestLog } from './test-log.ts';
import { nodeRecord } from './test-node.ts';

export interface MemoryNode extends TestNode {
  bus: MemoryBus;
  store: MemoryStore;
  clock: ProcessClock;
}

export interface MemoryNodeOptions {
  engine: MemoryEngine;
  clock: SimulatedClock;
  record?: Partial<NodeRecord>;
  /** How long a message takes to the engine or from it. */
  latencyMs?: number;
}

/** A node of a cluster in memory, in a process of its own that can be paused. */
export async function memoryNode({
  engine,
  clock,
  record,
  latencyMs,
}: MemoryNodeOptions): Promise<MemoryNode> {
  const log = new TestLog();
  const own = new ProcessClock(clock, latencyMs);
  const bus = new MemoryBus({ log, engine, clock: own });
  const store = new MemoryStore({ link: bus.link, log });
  const directory = await Directory.create({ store, bus, log, clock: own, node: nodeRecord(record) });
  const lost: Claim[] = [];
  directory.onLost((claim) => lost.push(claim));
  return {
    ...{ directory, bus, store, log, lost, clock: own },
    cutOff: () => bus.link.cutOff({ noticed: true }),
    silence: () => bus.link.cutOff({ noticed: false }),
    restore: () => bus.link.restore(),
  };
}

/** Lets a simulated clock run, as fast as it can, until the test ends. */
export function runFast(clock: SimulatedClock, atEnd: AtEnd): void {
  let running = true;
  const step = () => {
    if (!running) return;
    clock.step();
    setImmediate(step);
  };
  step();
  atEnd(() => {
    running = false;
  });
}
