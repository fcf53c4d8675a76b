import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ClusterSetup, TestNode } from './directory.contract.ts';
import { natsCluster } from './testing/nats-cluster.ts';
import { natsServerPath } from './testing/nats-process.ts';
import { type Event, lives, type ModelNode, OwnershipModel } from './testing/ownership-model.ts';
import { until } from './testing/until.ts';

/** Time passes as it does; random lives in memory go through many more. */
const LONGEST_MS = 7_000;
const RUNS = 3;
const seed = Math.floor(Math.random() * 1_000_000);

describe.skipIf(!natsServerPath).concurrent('over NATS', () => {
  const sampled = fc.sample(lives.filter(isShort), { numRuns: RUNS, seed }).map((life, i) => ({ life, i }));
  test.for(sampled)(
    `there is one owner in the end, whatever happens (seed ${seed}, life $i)`,
    { timeout: 60_000 },
    async ({ life }, { onTestFinished }) => {
      const cluster = await natsCluster(onTestFinished);
      const [first, ...others] = [await cluster.join(), await cluster.join(), await cluster.join()];
      const observer = await cluster.join();
      await until(() => observer.directory.nodes.length === 4);
      const model = new OwnershipModel({
        nodes: [first, ...others].map(modelNode),
        ...engineOf(cluster),
        keepEngine: () => undefined,
        now: () => cluster.now(),
        wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
        healMs: 6_000,
        stored: (name) => observer.directory.find('streams', name),
        forgetLease: () => {},
      });
      await model.run(life).catch((error: unknown) => expect.fail(`${error} after ${JSON.stringify(life)}`));
    },
  );
});

function isShort(life: Event[]): boolean {
  const waiting = life.reduce((sum, event) => sum + (event.do === 'wait' ? event.ms : 0), 0);
  return waiting < LONGEST_MS && life.length > 6;
}

function engineOf({ stopEngine, startEngine }: ClusterSetup) {
  let running = true;
  const stop = async () => {
    running = false;
    await stopEngine();
  };
  const start = async (stored: 'kept' | 'lost') => {
    if (running) return;
    running = true;
    await startEngine(stored);
  };
  return {
    stopEngine: stop,
    startEngine: () => start('kept'),
    emptyEngine: async () => {
      await stop();
      await start('lost');
    },
  };
}

/** A process of the test cannot be stopped; one that nobody hears of is near enough. */
function modelNode({ directory, cutOff, silence, restore }: TestNode): ModelNode {
  return {
    directory,
    run: (work) => void work(),
    wellConnected: () => directory.connected,
    pause: silence,
    suspend: silence,
    resume: restore,
    cutOff,
    silence,
    restore,
  };
}
