import { randomBytes } from 'node:crypto';
import { NatsServer, natsServerPath } from '@meshlift/cluster/testing';
import type { CreatedStream } from '@meshlift/protocol';
import { describe, expect, it } from 'vitest';
import { publishLive, watchLive } from '../testing/sdp-client.ts';
import { ServerProcess } from '../testing/server-process.ts';

const KEY = randomBytes(32).toString('base64url');
const OTHER_KEY = randomBytes(32).toString('base64url');

/** Servers of one cluster as an operator runs them: processes of their own, and a real NATS. */
class ProcessCluster {
  readonly environment: Record<string, string>;

  static async start(): Promise<ProcessCluster> {
    return new ProcessCluster((await NatsServer.start()).url);
  }

  private constructor(url: string) {
    this.environment = { MESHLIFT_CLUSTER_URL: url, MESHLIFT_CLUSTER_KEY: KEY };
  }

  async add(role: 'all' | 'signaling' | 'sfu', region: string): Promise<ServerProcess> {
    const server = new ServerProcess({ ...this.environment, MESHLIFT_ROLE: role, MESHLIFT_REGION: region });
    await server.ready();
    return server;
  }
}

async function createStream({ url }: ServerProcess): Promise<CreatedStream> {
  return (await (await fetch(`${url}/api/streams`, { method: 'POST' })).json()) as CreatedStream;
}

const viewersOn = (server: ServerProcess) => server.metric('meshlift_sessions{role="viewer"}');

describe.skipIf(!natsServerPath)('servers in processes of their own', () => {
  it('let a stream that is published on one be watched on another, and go on without that one', async () => {
    const cluster = await ProcessCluster.start();
    const [door, origin] = await Promise.all([cluster.add('signaling', 'there'), cluster.add('sfu', 'here')]);
    const stream = await createStream(door);
    await publishLive(door, stream, 'audio', 'video');
    const edge = await cluster.add('sfu', 'there');
    await expect.poll(() => door.metric('meshlift_cluster_nodes')).toBe(3);
    // A door prefers its own region.
    await watchLive(door, stream);
    expect([await viewersOn(origin), await viewersOn(edge)]).toEqual([0, 1]);
    edge.child.kill('SIGKILL');
    await watchLive(door, stream);
    expect(await viewersOn(origin)).toBe(1);
  }, 60_000);

  it('stay apart with different keys: the later one stops, and both say why', async () => {
    const cluster = await ProcessCluster.start();
    const door = await cluster.add('all', '');
    const other = new ServerProcess({ ...cluster.environment, MESHLIFT_CLUSTER_KEY: OTHER_KEY });
    expect(await other.exitCode()).toBe(1);
    await Promise.all([door.said('another MESHLIFT_CLUSTER_KEY'), other.said('MESHLIFT_CLUSTER_KEY: ')]);
    await expect.poll(() => door.metric('meshlift_cluster_nodes')).toBe(1);
    for (const { output } of [door, other]) {
      expect(output).not.toContain(KEY);
      expect(output).not.toContain(OTHER_KEY);
    }
  });
});

it('a server that cannot reach its cluster says where it looked, without credentials', async () => {
  const server = new ServerProcess({
    MESHLIFT_CLUSTER_URL: 'nats://user:canary@127.0.0.1:9',
    MESHLIFT_CLUSTER_KEY: KEY,
  });
  expect(await server.exitCode()).toBe(1);
  expect(server.output).toContain('nats://127.0.0.1:9');
  expect(server.output).not.toMatch(/canary| {4}at /);
}, 30_000);
