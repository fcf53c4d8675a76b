import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { onTestFinished } from 'vitest';
import { type NatsAddress, parseClusterUrl } from '../nats-address.ts';

/** The NATS server that the tests run, which setup found or got; without one those tests are skipped. */
export const natsServerPath = process.env.MESHLIFT_NATS_SERVER || undefined;

/** A NATS server of its own with JetStream, on a free port of this machine. Ends with the test, and its store too. */
export class NatsServer {
  readonly name: string;
  readonly port: number;
  readonly #args: string[];
  #store: string;
  #child: ChildProcess | undefined;

  private constructor(name: string, port: number, args: string[]) {
    this.name = name;
    this.port = port;
    this.#args = args;
    this.#store = newStore();
  }

  /** @param jetStream whether it stores anything; it does by default */
  static async start({
    args = [],
    name = 'nats',
    jetStream = true,
    atEnd = onTestFinished,
  }: {
    args?: string[];
    name?: string;
    jetStream?: boolean;
    atEnd?: (end: () => Promise<void>) => void;
  } = {}): Promise<NatsServer> {
    const server = new NatsServer(name, await freePort(), [
      '-n',
      name,
      ...args,
      ...(jetStream ? ['-js'] : []),
    ]);
    atEnd(() => server.#end());
    await server.start();
    return server;
  }

  /** Three servers that replicate what they store; each is a process of its own. */
  static async startCluster(
    atEnd: (end: () => Promise<void>) => void = onTestFinished,
  ): Promise<NatsServer[]> {
    const routes = await Promise.all([freePort(), freePort(), freePort()]);
    const urls = routes.map((port) => `nats://127.0.0.1:${port}`);
    const servers = urls.map(async (url, i) => {
      const args = ['--cluster_name', 'meshlift', '--cluster', url, '--routes', urls.join()];
      return NatsServer.start({ args, name: `nats-${i}`, atEnd });
    });
    return await Promise.all(servers);
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  get address(): NatsAddress {
    const address = parseClusterUrl(this.url);
    if (!address) throw new Error(`${this.url} is no address`);
    return address;
  }

  /** Starts it again, with what it had stored. */
  async start(): Promise<void> {
    if (!natsServerPath) throw new Error('MESHLIFT_NATS_SERVER is not set');
    const fixed = ['-a', '127.0.0.1', '-p', String(this.port), '-sd', this.#store];
    const child = spawn(natsServerPath, [...fixed, ...this.#args], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      let output = '';
      child.stderr.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes('Server is ready')) resolve();
      });
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`nats-server ended:\n${output}`)));
    });
  }

  /** Ends it without warning. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** Forgets all it has stored; it must not be running. */
  empty(): void {
    rmSync(this.#store, { recursive: true, force: true });
    this.#store = newStore();
  }

  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Everything it carries, as somebody sees it who reads its traffic. */
  async overhear(): Promise<{ text(): string }> {
    const connection = await connect({ servers: [`127.0.0.1:${this.port}`] });
    onTestFinished(() => connection.close());
    let heard = '';
    connection.subscribe('>', {
      callback: (_error, { subject, data, headers }) => {
        heard += `${subject} ${headers ?? ''} ${Buffer.from(data).toString('latin1')}\n`;
      },
    });
    await connection.flush();
    return { text: () => heard };
  }

  async #end(): Promise<void> {
    await this.kill();
    rmSync(this.#store, { recursive: true, force: true });
  }
}

function newStore(): string {
  return mkdtempSync(join(tmpdir(), 'meshlift-nats-'));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (!address || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
