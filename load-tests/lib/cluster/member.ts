import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ProcessGroup } from '../machine/process-group.ts';
import { sumOf } from '../relays/meshlift.ts';
import { ServerProcess } from '../relays/server-process.ts';

const MAIN = fileURLToPath(new URL('../../../signaling/src/main.ts', import.meta.url));

export interface MemberOptions {
  role: 'all' | 'signaling' | 'sfu';
  /** A door has its viewers watch on nodes of its region, as long as there are some. */
  region: string;
  group: ProcessGroup;
  env: Record<string, string>;
  /** What its command is run by, such as `ip netns exec`. */
  within?: readonly string[];
}

/** One process of a cluster, as an operator runs it. */
export class Member {
  readonly role: MemberOptions['role'];
  readonly region: string;
  readonly url: string;
  readonly #server: ServerProcess;
  readonly #metricsUrl: string;

  static async start({ role, region, group, env, within = [] }: MemberOptions): Promise<Member> {
    const host = env.MESHLIFT_HOST ?? '127.0.0.1';
    const [first = process.execPath, ...rest] = [
      ...within,
      process.execPath,
      '--max-semi-space-size=4',
      MAIN,
    ];
    const { server, said } = await ServerProcess.start([first, ...rest], {
      group,
      env: {
        MESHLIFT_HOST: host,
        MESHLIFT_METRICS_HOST: host,
        MESHLIFT_PORT: '0',
        MESHLIFT_METRICS_PORT: '0',
        MESHLIFT_RTC_PORT: '0',
        MESHLIFT_WORKERS: '1',
        MESHLIFT_LOG_LEVEL: 'warn',
        MESHLIFT_ROLE: role,
        MESHLIFT_REGION: region,
        NODE_ENV: 'production',
        ...env,
      },
      ready: /ready after [\d.]+ s: (?:http:\/\/localhost:(\d+))?[\s\S]*metrics are on port (\d+)/,
    });
    const [, port = '', metricsPort = ''] = said;
    return new Member(server, {
      ...{ role, region, url: `http://${host}:${port}`, metricsUrl: `http://${host}:${metricsPort}/metrics` },
    });
  }

  private constructor(
    server: ServerProcess,
    at: { role: MemberOptions['role']; region: string; url: string; metricsUrl: string },
  ) {
    this.#server = server;
    this.role = at.role;
    this.region = at.region;
    this.url = at.url;
    this.#metricsUrl = at.metricsUrl;
  }

  get pid(): number {
    return this.#server.pid;
  }

  get output(): string {
    return this.#server.output;
  }

  /** Its mediasoup workers. */
  get workers(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .filter((pid) => parentOf(pid) === this.pid);
  }

  async metric(name: string): Promise<number> {
    return sumOf(await (await fetch(this.#metricsUrl)).text(), name);
  }

  /** How many watch on its media node. */
  viewers(): Promise<number> {
    return this.metric('meshlift_sessions{role="viewer"}');
  }

  /** Ends it at once, as a crash would. */
  kill(): Promise<void> {
    return this.#server.kill();
  }

  /** It stands still with its workers, as when its machine is paused. */
  pause(): void {
    for (const pid of [this.pid, ...this.workers]) process.kill(pid, 'SIGSTOP');
  }

  resume(): void {
    for (const pid of [...this.workers, this.pid]) process.kill(pid, 'SIGCONT');
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }
}

function parentOf(pid: number): number {
  try {
    const [, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return Number(parent);
  } catch {
    return 0;
  }
}
