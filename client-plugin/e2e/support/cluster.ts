import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from './fixtures.ts';
import { ServerProcess } from './server.ts';

/** The NATS server that setup found or got. */
const NATS_SERVER = process.env.MESHLIFT_NATS_SERVER;

/** Whether clusters can be started. */
export const hasNats = Boolean(NATS_SERVER);

export type Role = 'all' | 'signaling' | 'sfu';

/** Servers of one cluster as an operator runs them, with a NATS server of their own. */
export class ServerCluster {
  readonly #nats: ChildProcess;
  readonly #store: string;
  readonly #environment: Record<string, string>;
  readonly #servers: ServerProcess[] = [];

  static async start(): Promise<ServerCluster> {
    if (!NATS_SERVER) throw new Error('MESHLIFT_NATS_SERVER is not set: run `npm test`, which gets one');
    const port = await freePort();
    const store = await mkdtemp(join(tmpdir(), 'meshlift-nats-'));
    const args = ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', store];
    const nats = spawn(NATS_SERVER, args, { stdio: 'ignore' });
    await once(nats, 'spawn');
    return new ServerCluster(nats, store, `nats://127.0.0.1:${port}`);
  }

  private constructor(nats: ChildProcess, store: string, url: string) {
    this.#nats = nats;
    this.#store = store;
    const key = randomBytes(32).toString('base64');
    this.#environment = { MESHLIFT_CLUSTER_URL: url, MESHLIFT_CLUSTER_KEY: key, MESHLIFT_WORKERS: '1' };
  }

  /** Starts one more server. All the others know it when this resolves. */
  async add(role: Role, region: string): Promise<ServerProcess> {
    const server = await ServerProcess.start({
      ...this.#environment,
      MESHLIFT_ROLE: role,
      MESHLIFT_REGION: region,
    });
    this.#servers.push(server);
    for (const other of this.#servers) {
      await expect
        .poll(async () => sum(await other.metric('meshlift_cluster_nodes')))
        .toBe(this.#servers.length);
    }
    return server;
  }

  /** Ends one without warning. */
  async kill(server: ServerProcess): Promise<void> {
    this.#servers.splice(this.#servers.indexOf(server), 1);
    await server.stop('SIGKILL');
  }

  async stop(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.stop()));
    this.#nats.kill('SIGKILL');
    await rm(this.#store, { recursive: true, force: true });
  }
}

export const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (!address || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
