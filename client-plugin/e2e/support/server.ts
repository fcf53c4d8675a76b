import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { CreatedStream } from '@meshlift/protocol';

const MAIN = fileURLToPath(new URL('../../../signaling/src/main.ts', import.meta.url));

/** What it says when it serves; one that serves media alone has no port. */
const READY = /ready after ([\d.]+) s: (?:http:\/\/localhost:(\d+)|media)[\s\S]*metrics are on port (\d+)/;

/** A server as an operator runs it: a process of its own, on ports of its own. */
export class ServerProcess {
  readonly #environment: Record<string, string>;
  #child: ChildProcess | undefined;
  /** The system chooses it when the server is started for the first time, and it keeps it when started again. */
  #port = 0;
  #metricsPort = 0;
  #output = '';
  #readyAfterSeconds = 0;

  static async start(environment: Record<string, string> = {}): Promise<ServerProcess> {
    const server = new ServerProcess(environment);
    await server.start();
    return server;
  }

  private constructor(environment: Record<string, string>) {
    this.#environment = {
      MESHLIFT_METRICS_PORT: '0',
      MESHLIFT_RTC_PORT: '0',
      MESHLIFT_LOG_LEVEL: 'debug',
      ...environment,
    };
  }

  get url(): string {
    return `http://localhost:${this.#port}`;
  }

  get port(): number {
    return this.#port;
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
    const env = { ...process.env, MESHLIFT_PORT: String(this.#port), ...this.#environment };
    const child = spawn(process.execPath, [MAIN], { env });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      let said = '';
      const read = (chunk: Buffer) => {
        this.#output += chunk.toString();
        said += chunk.toString();
        const ready = READY.exec(said);
        if (!ready) return;
        const [, seconds, port = '0', metricsPort] = ready;
        this.#readyAfterSeconds = Number(seconds);
        this.#port = Number(port);
        this.#metricsPort = Number(metricsPort);
        resolve();
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('exit', () => reject(new Error(`the server did not start:\n${said}`)));
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
    const text = await (await fetch(`http://127.0.0.1:${this.#metricsPort}/metrics`)).text();
    const lines = text
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
    return lines.map((line) => Number(line.split(' ').at(-1)));
  }
}
