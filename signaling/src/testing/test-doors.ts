import { MemoryBus, MemoryEngine, Seal } from '@meshlift/cluster';
import { createLogger } from '@meshlift/telemetry';
import { expect } from 'vitest';
import { type Cluster, joinMemoryCluster } from '../cluster/cluster.ts';
import type { Config } from '../config/config.ts';
import { TestServer } from './test-server.ts';

/** A whole server that is one of several doors of a cluster. */
export interface Door {
  server: TestServer;
  cluster: Cluster;
  /** Cuts it off as its death would: the others hear nothing more of it, and no goodbye. Its clients are for the test. */
  kill(): void;
  /** Cuts it off as a machine that vanishes: what it is asked is neither answered nor refused. */
  fallSilent(): void;
}

/**
 * Doors that share nothing but an engine in memory. They know each other, and stop when the test is over.
 *
 * @param roles of the servers in their order, where they are not `all`
 */
export async function testDoors(
  count: number,
  { roles = [], ...overrides }: Partial<Config> & { roles?: readonly Config['role'][] } = {},
): Promise<{ engine: MemoryEngine; doors: Door[] }> {
  const engine = new MemoryEngine();
  const seal = Seal.random();
  const doors = await Promise.all(
    Array.from({ length: count }, async (_, index): Promise<Door> => {
      const role = roles[index] ?? 'all';
      const cluster = await joinMemoryCluster({ log: createLogger('silent'), engine, seal, role });
      const server = await TestServer.start({ ...overrides, role }, { cluster });
      const { bus } = cluster;
      if (!(bus instanceof MemoryBus)) throw new Error('a cluster in memory has a bus in memory');
      return {
        server,
        cluster,
        kill: () => bus.link.disconnect(),
        fallSilent: () => bus.link.cutOff({ noticed: false }),
      };
    }),
  );
  for (const { cluster } of doors) await expect.poll(() => cluster.directory.nodes.length).toBe(count);
  return { engine, doors };
}
