import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { CreatedStream } from '@meshlift/protocol';

const MAIN = fileURLToPath(new URL('../../../signaling/src/main.ts', import.meta.url));

/** A TCP port that nobody uses at the moment. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A server as an operator runs it: a process of its own, on ports of its own. */
export class ServerProcess {
  readonly url: string;
  readonly #metricsUrl: string;
  readonly #environment: Record<string, string>;
  #child: ChildProcess | undefined;
  #output = '';
  #readyAfterSeconds = 0;

  static async start(environment: Record<string, string> = {}): Promise<ServerProcess> {
    const server = new ServerProcess(await freePort(), await freePort(), environment);
    await server.start();
    return server;
  }

  private constructor(port: number, metricsPort: number, environment: Record<string, string>) {
    this.url = `http://localhost:${port}`;
    this.#metricsUrl = `http://127.0.0.1:${metricsPort}/metrics`;
    this.#environment = {
      MESHLIFT_PORT: String(port),
      MESHLIFT_METRICS_PORT: String(metricsPort),
      MESHLIFT_RTC_PORT: '0',
      MESHLIFT_LOG_LEVEL: 'debug',
      ...environment,
    };
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Everything the server has written. */
  get output(): string {
    return this.#output;
  }

  /** Seconds from the start of the process until it served, by its own account. */
  get readyAfterSeconds(): number {
    return this.#readyAfterSeconds;
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, [MAIN], { env: { ...process.env, ...this.#environment } });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      const read = (chunk: Buffer) => {
        this.#output += chunk.toString();
        const ready = /ready after ([\d.]+) s/.exec(this.#output);
        if (!ready) return;
        this.#readyAfterSeconds = Number(ready[1]);
        resolve();
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('exit', () => reject(new Error(`the server did not start:\n${this.#output}`)));
    });
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  /** Process ids of the mediasoup workers. */
  async workerPids(): Promise<number[]> {
    const { readFile } = await import('node:fs/promises');
    const pid = this.#child?.pid;
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return children.trim().split(/\s+/).filter(Boolean).map(Number);
  }

  async createStream(): Promise<CreatedStream> {
    const response = await fetch(`${this.url}/api/streams`, { method: 'POST' });
    return (await response.json()) as CreatedStream;
  }

  /** A request with a publish key. */
  call(method: string, path: string, publishKey: string): Promise<Response> {
    return fetch(this.url + path, { method, headers: { authorization: `Bearer ${publishKey}` } });
  }

  /** The values of a metric, one for each combination of its labels. */
  async metric(name: string): Promise<number[]> {
    const text = await (await fetch(this.#metricsUrl)).text();
    const lines = text
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
    return lines.map((line) => Number(line.split(' ').at(-1)));
  }
}
