import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { sumOf } from './metrics-text.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

const freePorts = {
  MESHLIFT_PORT: '0',
  MESHLIFT_RTC_PORT: '0',
  MESHLIFT_METRICS_PORT: '0',
  MESHLIFT_HOST: '127.0.0.1',
  MESHLIFT_WORKERS: '1',
};

/** The server as an operator runs it: a process of its own, on ports of its own. Ends with the test. */
export class ServerProcess {
  readonly child: ChildProcess;
  #output = '';
  #heard = () => {};

  /** @param flags of Node.js */
  constructor(environment: Record<string, string> = {}, flags: readonly string[] = []) {
    const env = { ...process.env, ...freePorts, ...environment };
    const child = spawn(process.execPath, [...flags, MAIN], { env });
    this.child = child;
    onTestFinished(() => void child.kill('SIGKILL'));
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.#output += chunk.toString();
        this.#heard();
      });
    }
  }

  /** Everything the server has written. */
  get output(): string {
    return this.#output;
  }

  /** Waits until the server has written something. */
  said(text: string): Promise<void> {
    return new Promise<void>((resolve) => {
      const before = this.#heard;
      this.#heard = () => {
        before();
        if (this.#output.includes(text)) resolve();
      };
      this.#heard();
    });
  }

  async ready(): Promise<void> {
    await this.said('metrics are on port');
  }

  /** Where it serves, once it is ready. */
  get url(): string {
    return /http:\/\/localhost:\d+/.exec(this.#output)?.[0] ?? '';
  }

  /** The value of a metric, summed over its labels. */
  async metric(name: string): Promise<number> {
    return sumOf(await this.metrics(), name);
  }

  /** @param path of the metrics of another server of its cluster */
  async metrics(path = '/metrics'): Promise<string> {
    return (await this.#askForMetrics(path)).text();
  }

  /** The servers of its cluster, by the labels that Prometheus is told of each. */
  async targets(): Promise<Record<string, string>[]> {
    const response = await this.#askForMetrics('/metrics/targets');
    const listed = (await response.json()) as { targets: string[]; labels: Record<string, string> }[];
    return listed.map(({ labels }) => labels);
  }

  #askForMetrics(path: string): Promise<Response> {
    const [, port = ''] = /metrics are on port (\d+)/.exec(this.#output) ?? [];
    return fetch(`http://127.0.0.1:${port}${path}`);
  }

  async exitCode(): Promise<number | null> {
    if (this.child.exitCode === null) await once(this.child, 'close');
    return this.child.exitCode;
  }
}
