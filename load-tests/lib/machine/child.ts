import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type BirpcReturn, createBirpc } from 'birpc';
import { onCore } from './cores.ts';
import type { ProcessGroup } from './process-group.ts';

/** What another process does for this one. */
export type Tasks = Record<string, (...args: never[]) => unknown>;

/** How long it may take to come up, and to do what it is asked for unless a task says otherwise. */
const ANSWER_WITHIN_MS = 30 * 60_000;

/** How long it may take to end when it is told to. */
const END_WITHIN_MS = 5_000;

export interface ChildOptions {
  /** The core it is held to; any, when left out. */
  core?: number | undefined;
  /** Counts what it uses. */
  group?: ProcessGroup | undefined;
}

/** A process of ours that does tasks, so that they take no time from anybody else's. */
export class Child<T extends Tasks> {
  readonly #process: ChildProcess;
  readonly tasks: BirpcReturn<T>;
  /** Rejects when it ends without having been told to. */
  readonly lost: Promise<never>;
  #isStopping = false;

  /** @param script a module that calls `serveTasks` */
  static async start<T extends Tasks>(script: URL, options: ChildOptions = {}): Promise<Child<T>> {
    const command = onCore(options.core, [process.execPath, fileURLToPath(script)]);
    const [program, ...args] = options.group ? options.group.inside(command) : command;
    const child = spawn(program, args, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
    // Its first message says that it listens.
    const [message] = await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(([status]) =>
        Promise.reject(new Error(`${script.pathname} ended with ${status}`)),
      ),
    ]);
    if (message !== 'ready') throw new Error(`${script.pathname} does no tasks`);
    return new Child<T>(child);
  }

  private constructor(child: ChildProcess) {
    this.#process = child;
    this.tasks = createBirpc<T>(
      {},
      {
        timeout: ANSWER_WITHIN_MS,
        // What cannot be said any more needs no answer either: its end refuses whatever is open.
        post: (data) => void child.send(data, () => undefined),
        on: (listener) => void child.on('message', listener),
      },
    );
    this.lost = new Promise((_, reject) => {
      child.once('exit', (status, signal) => {
        const ended = new Error(`a process of the load test ended with ${status ?? signal}`);
        this.tasks.$close(ended);
        if (!this.#isStopping) reject(ended);
      });
    });
    // Whoever waits for it hears of it.
    this.lost.catch(() => undefined);
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Ends it at once: those it was connected to are told nothing. */
  kill(): void {
    this.#isStopping = true;
    this.#process.kill('SIGKILL');
  }

  /** What it has not done by now is refused. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.tasks.$close(new Error('a process of the load test is stopped'));
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    // That nobody listens any more is what it ends by.
    if (this.#process.connected) this.#process.disconnect();
    const late = setTimeout(() => this.#process.kill('SIGKILL'), END_WITHIN_MS);
    await ended;
    clearTimeout(late);
  }
}

/**
 * Does tasks for the process that started this one, until that one ends or lets go.
 *
 * @param options.urgent whether it comes before others on its core, where this process may ask for that
 */
export function serveTasks(tasks: Tasks, { urgent = false }: { urgent?: boolean } = {}): void {
  if (urgent) {
    try {
      setPriority(-15);
    } catch {
      // It is measured with what there is; only root may be in a hurry.
    }
  }
  createBirpc(tasks, {
    post: (data) => void process.send?.(data),
    on: (listener) => void process.on('message', listener),
  });
  process.once('disconnect', () => process.exit(0));
  process.send?.('ready');
}
