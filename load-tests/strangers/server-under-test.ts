import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { sumOf } from '../lib/relays/meshlift.ts';
import { Wire } from './wire.ts';

const MAIN = fileURLToPath(new URL('../../signaling/src/main.ts', import.meta.url));

/** The last of the lines with which it says that it serves. */
const READY =
  /ready after [\d.]+ s: http:\/\/localhost:(\d+)[\s\S]*metrics are on port (\d+)[\s\S]*told to contact: none\.\n\n$/;

/** What strangers can make the server hold, as its metrics count it. */
const GAUGES = ['connections', 'sessions', 'streams', 'rooms', 'participants', 'relays', 'edges', 'viewers'];

const POLL_INTERVAL_MS = 40;
const END_TIMEOUT_MS = 15_000;

/** What the server holds: open files and sockets of its process, and what its metrics count. */
export type Handles = Record<string, number>;

/** The server as `npm start` runs it, in a process of its own, told to write nothing. */
export class ServerUnderTest {
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';
  #port = 0;
  #metricsPort = 0;
  /** How much of standard output is the banner. */
  #bannerLength = 0;

  static async start(): Promise<ServerUnderTest> {
    const child = spawn(process.execPath, ['--max-semi-space-size=4', MAIN], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        MESHLIFT_HOST: '127.0.0.1',
        MESHLIFT_PORT: '0',
        MESHLIFT_METRICS_PORT: '0',
        MESHLIFT_RTC_PORT: '0',
        MESHLIFT_WORKERS: '1',
        MESHLIFT_LOG_LEVEL: 'silent',
        // So that what strangers leave behind is gone while we wait for it.
        MESHLIFT_GRACE_SECONDS: '1',
      },
    });
    const server = new ServerUnderTest(child);
    await server.#ready();
    return server;
  }

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.on('data', (chunk) => {
      this.#stdout += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      this.#stderr += chunk;
    });
  }

  get port(): number {
    return this.#port;
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Bytes on standard error so far. */
  get stderrBytes(): number {
    return Buffer.byteLength(this.#stderr);
  }

  /** @throws Error when it died, wrote anything or does not answer */
  async assertUnharmed(): Promise<void> {
    if (this.alive) await this.#assertHealthy();
    // Its last words come through pipes, later than its end.
    else if (this.#child.stdout?.closed === false) await once(this.#child, 'close');
    const { exitCode, signalCode } = this.#child;
    if (!this.alive) throw new Error(`the server died with ${exitCode ?? signalCode}\n${this.#stderr}`);
    if (this.#stderr) throw new Error(`the server wrote to standard error:\n${this.#stderr}`);
    const said = this.#stdout.slice(this.#bannerLength);
    if (said) throw new Error(`the server wrote to standard output at silent:\n${said}`);
  }

  async handles(): Promise<Handles> {
    const metrics = await this.#get(this.#metricsPort, '/metrics');
    const counted = GAUGES.map((name) => [name, sumOf(metrics, `meshlift_${name}`)] as const);
    const files = await readdir(`/proc/${this.#child.pid}/fd`);
    return { ...Object.fromEntries(counted), files: files.length };
  }

  /**
   * Waits until the server holds no more than before.
   *
   * @throws Error that says what is left over
   */
  async settle(baseline: Handles, timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const now = await this.handles();
      const left = Object.entries(now).filter(([name, count]) => count > (baseline[name] ?? 0));
      if (left.length === 0) return;
      if (performance.now() > deadline) {
        const words = left.map(([name, count]) => `${name} ${count} instead of ${baseline[name]}`);
        throw new Error(`left over after ${timeoutMs / 1_000} s: ${words.join(', ')}`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS));
    }
  }

  /** @returns the exit code */
  async stop(): Promise<number | null> {
    if (this.alive) {
      const ended = once(this.#child, 'close');
      this.#child.kill('SIGTERM');
      const late = setTimeout(() => this.#child.kill('SIGKILL'), END_TIMEOUT_MS);
      await ended;
      clearTimeout(late);
    }
    return this.#child.exitCode;
  }

  async #assertHealthy(): Promise<void> {
    const body = await this.#get(this.#port, '/healthz').catch((error: Error) => error.message);
    if (this.alive && !body.includes('"status":"ok"')) throw new Error(`/healthz answers ${body}`);
  }

  /** By a connection that ends with its answer, so that the look itself holds no handle. */
  async #get(port: number, path: string): Promise<string> {
    const wire = await Wire.open({ port, from: '127.0.0.1' });
    wire.send(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    const answer = await wire.answer();
    wire.destroy();
    return answer?.body ?? 'nothing';
  }

  async #ready(): Promise<void> {
    const child = this.#child;
    await new Promise<void>((resolve, reject) => {
      const look = () => {
        const ready = READY.exec(this.#stdout);
        if (!ready) return;
        this.#port = Number(ready[1]);
        this.#metricsPort = Number(ready[2]);
        this.#bannerLength = this.#stdout.length;
        child.stdout?.off('data', look);
        resolve();
      };
      child.stdout?.on('data', look);
      child.once('exit', () =>
        reject(new Error(`the server did not start:\n${this.#stdout}${this.#stderr}`)),
      );
    });
  }
}
