import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { onCore } from '../machine/cores.ts';
import type { ProcessGroup } from '../machine/process-group.ts';

const END_WITHIN_MS = 15_000;

/** A server's process with all that it starts, held to a core and counted by a group. */
export class ServerProcess {
  readonly #child: ChildProcess;
  #output = '';

  /** @param options.ready what it writes when it serves; its groups are what `start` resolves with */
  static async start(
    command: readonly [string, ...string[]],
    {
      group,
      core,
      env,
      ready,
    }: { group: ProcessGroup; core?: number | undefined; env?: NodeJS.ProcessEnv; ready: RegExp },
  ): Promise<{ server: ServerProcess; said: RegExpExecArray }> {
    const [program, ...args] = group.inside(onCore(core, command));
    const child = spawn(program, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const server = new ServerProcess(child);
    const said = await new Promise<RegExpExecArray>((resolve, reject) => {
      const read = (chunk: Buffer) => {
        server.#output = (server.#output + chunk.toString()).slice(-100_000);
        const match = ready.exec(server.#output);
        if (match) resolve(match);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`${command.join(' ')} did not start:\n${server.#output}`)));
    });
    return { server, said };
  }

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The last of what it has written. */
  get output(): string {
    return this.#output;
  }

  /** Ends it at once, without a word to anybody. */
  async kill(): Promise<void> {
    if (this.#hasEnded) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  async stop(): Promise<void> {
    if (this.#hasEnded) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    const late = setTimeout(() => this.#child.kill('SIGKILL'), END_WITHIN_MS);
    await ended;
    clearTimeout(late);
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}
