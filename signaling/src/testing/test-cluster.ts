import { type Clock, MemoryBus, MemoryEngine, Seal } from '@meshlift/cluster';
import type { MediaNode } from '@meshlift/protocol';
import { MEDIA_NODE_EVENTS, parseMediaNodeEvent } from '@meshlift/protocol/cluster';
import { LocalMediaNode, MediaNodeServer } from '@meshlift/sfu';
import { createLogger, createRegistry, type Logger, type Registry } from '@meshlift/telemetry';
import { onTestFinished } from 'vitest';
import { type Cluster, joinMemoryCluster } from '../cluster/cluster.ts';
import { RemoteMediaNode } from '../cluster/remote-media-node.ts';

/** One process of a cluster in memory, with a media node of its own. */
export interface TestDoor {
  cluster: Cluster;
  /** Its own media node, with one worker. */
  local: LocalMediaNode;
  /** Serves it to the others. */
  server: MediaNodeServer;
  /** Cuts the process off as its death would: the others hear nothing more of it, and no goodbye. */
  kill(): void;
  /** The media nodes of the others, as it calls them, by their process. */
  remote: Map<string, RemoteMediaNode>;
  logger: Logger;
  registry: Registry;
  /** Everything that it has logged. */
  log: string[];
}

let firstPipePort = 40_000;

/**
 * Several doors in one process that share nothing but an engine in memory and the network, each with a real media node.
 * They stop when the test is over.
 */
export async function testCluster(
  count: number,
  { engine = new MemoryEngine(), ...served }: { engine?: MemoryEngine; graceMs?: number; clock?: Clock } = {},
): Promise<{ engine: MemoryEngine; doors: TestDoor[] }> {
  const seal = Seal.random();
  const doors = await Promise.all(Array.from({ length: count }, () => startDoor(engine, seal, served)));
  for (const door of doors) {
    for (const { cluster, local } of doors) {
      if (cluster !== door.cluster) door.remote.set(cluster.self, remoteNode(door, cluster.self, local));
    }
    door.cluster.delivery.on(MEDIA_NODE_EVENTS, (from, body) => {
      const event = parseMediaNodeEvent(body);
      if (event) door.remote.get(from)?.receive(event);
    });
  }
  return { engine, doors };
}

function remoteNode(
  { cluster: { bus, self } }: TestDoor,
  process: string,
  { routerRtpCapabilities }: MediaNode,
) {
  return new RemoteMediaNode({ bus, self, process, routerRtpCapabilities });
}

async function startDoor(
  engine: MemoryEngine,
  seal: Seal,
  served: { graceMs?: number; clock?: Clock },
): Promise<TestDoor> {
  const log: string[] = [];
  const logger = createLogger('debug', { write: (line) => log.push(line) });
  const registry = createRegistry();
  const cluster = await joinMemoryCluster({ log: logger, engine, seal });
  const { bus, delivery, self } = cluster;
  firstPipePort += 100;
  const pipePorts = { min: firstPipePort, max: firstPipePort + 99 };
  const local = await LocalMediaNode.create({
    workers: 1,
    addresses: [{ ip: '127.0.0.1' }],
    rtcPort: 0,
    pipePorts,
    cascade: { bus, delivery, self, region: '', pipeAddress: '127.0.0.1' },
    logger,
    registry,
  });
  const isGone = (process: string) => cluster.directory.isGone(process);
  const server = new MediaNodeServer({ node: local, bus, delivery, self, isGone, ...served });
  if (!(bus instanceof MemoryBus)) throw new Error('a cluster in memory has a bus in memory');
  const kill = () => bus.link.disconnect();
  onTestFinished(async () => {
    server.close();
    await local.close();
    await cluster.close();
  });
  return { cluster, local, server, kill, remote: new Map(), logger, registry, log };
}
