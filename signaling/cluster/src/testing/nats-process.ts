import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type NatsAddress, parseClusterUrl } from '../nats-address.ts';
import { until } from './until.ts';

/** The NATS server that setup found or got; without one, what needs it is left out. */
export const natsServerPath = process.env.MESHLIFT_NATS_SERVER || undefined;

export interface NatsProcessOptions {
  args?: string[];
  /** @default nats */
  name?: string;
  /**
   * Whether it stores anything.
   *
   * @default true
   */
  jetStream?: boolean;
  /**
   * The address it listens on.
   *
   * @default the loopback
   */
  host?: string;
}

/** A NATS server of its own with JetStream, on a free port of this machine. Whoever starts it ends it. */
export class NatsProcess {
  readonly name: string;
  readonly port: number;
  readonly #host: string;
  readonly #args: string[];
  #store: string;
  #child: ChildProcess | undefined;

  static async launch(options: NatsProcessOptions = {}): Promise<NatsProcess> {
    const server = new NatsProcess(await freePort(), options);
    await server.start();
    return server;
  }

  protected constructor(
    port: number,
    { args = [], name = 'nats', jetStream = true, host = '127.0.0.1' }: NatsProcessOptions,
  ) {
    this.name = name;
    this.port = port;
    this.#host = host;
    this.#args = ['-n', name, ...args, ...(jetStream ? ['-js'] : [])];
    this.#store = newStore();
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
    // What prepares for it may have found it after this module was loaded.
    const program = process.env.MESHLIFT_NATS_SERVER;
    if (!program) throw new Error('MESHLIFT_NATS_SERVER is not set');
    const fixed = ['-a', this.#host, '-p', String(this.port), '-sd', this.#store];
    const child = spawn(program, [...fixed, ...this.#args], { stdio: ['ignore', 'ignore', 'pipe'] });
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

  /** Stops the process until `resume`. None of its threads runs any more when this resolves. */
  async pause(): Promise<void> {
    const threads = `/proc/${this.#child?.pid}/task`;
    this.#child?.kill('SIGSTOP');
    await until(() => readdirSync(threads).every((thread) => isStopped(join(threads, thread, 'stat'))));
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Ends it for good, and leaves nothing behind. */
  async end(): Promise<void> {
    await this.kill();
    rmSync(this.#store, { recursive: true, force: true });
  }
}

/** The state comes after the program's name, which is in brackets. */
function isStopped(stat: string): boolean {
  return /\) T/.test(readFileSync(stat, 'utf8'));
}

function newStore(): string {
  return mkdtempSync(join(tmpdir(), 'meshlift-nats-'));
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (!address || typeof address === 'string') throw new Error('no free port');
  return address.port;
}
