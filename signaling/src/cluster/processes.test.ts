import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NatsServer, natsServerPath } from '@meshlift/cluster/testing';
import type { CreatedStream } from '@meshlift/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { publishLive, watchLive } from '../testing/sdp-client.ts';
import { ServerProcess } from '../testing/server-process.ts';

const KEY = randomBytes(32).toString('base64url');
const HEALTH_CHECK = fileURLToPath(new URL('../../../docker/image/healthcheck.ts', import.meta.url));
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

/** Where a server can make a socket, until the test is over. */
function socketPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'meshlift-metrics-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'socket');
}

/** What a container's health check finds. */
async function isHealthy(environment: Record<string, string>): Promise<boolean> {
  const env = { ...process.env, ...environment };
  const [status] = await once(spawn(process.execPath, [HEALTH_CHECK], { env }), 'exit');
  return status === 0;
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

  it('tell what each of them measures at any of them, also where one has no port', async () => {
    const cluster = await ProcessCluster.start();
    const socket = socketPath();
    const media = { MESHLIFT_ROLE: 'sfu', MESHLIFT_REGION: 'here', MESHLIFT_METRICS_PORT: socket };
    const door = await cluster.add('signaling', '');
    expect(await door.targets()).toMatchObject([{ role: 'signaling', region: '' }]);
    const sfu = new ServerProcess({ ...cluster.environment, ...media });
    await sfu.said(`metrics are on ${socket}`);
    await expect.poll(() => isHealthy(media)).toBe(true);
    await expect
      .poll(async () => (await door.targets()).map(({ role }) => role))
      .toEqual(['signaling', 'sfu']);
    const [own, other] = await door.targets();
    expect(other).toMatchObject({ region: 'here' });
    expect(await door.metrics(own?.__metrics_path__)).toMatch(/^meshlift_streams/m);
    expect(await door.metrics(other?.__metrics_path__)).toMatch(/^meshlift_worker_utilisation/m);
    // One that was killed leaves its socket behind.
    sfu.child.kill('SIGKILL');
    await expect.poll(() => isHealthy(media)).toBe(false);
    const second = new ServerProcess({ ...cluster.environment, ...media });
    await second.said(`metrics are on ${socket}`);
    await expect.poll(() => isHealthy(media)).toBe(true);
    const third = new ServerProcess({ ...cluster.environment, ...media });
    expect(await third.exitCode()).toBe(1);
    expect(third.output).toContain(`${socket} cannot be opened: it is in use. Set MESHLIFT_METRICS_PORT`);
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
