import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** How much of what a program said last is shown when it ends before its time, in lines. */
const LAST_LINES = 20;

/** How long a program may take to end by itself, in ms, before it is ended. */
const STOP_WITHIN_MS = 5_000;

/** A program that is measured, or that loads what is. It ends with this process, whatever becomes of that. */
export class Program {
  readonly #child: ChildProcess;
  readonly #said: string[] = [];
  readonly #exit: Promise<unknown>;
  readonly #onLine = new Set<(line: string) => void>();

  static start([file, ...args]: readonly [string, ...string[]]): Program {
    return new Program(spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] }));
  }

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#exit = once(child, 'exit');
    // Whoever waits for a line hears of a program that cannot be started.
    this.#exit.catch((error: Error) => this.#said.push(error.message));
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface(stream).on('line', (line) => {
        this.#said.push(line);
        if (this.#said.length > LAST_LINES) this.#said.shift();
        for (const listener of this.#onLine) listener(line);
      });
    }
    process.once('exit', this.#kill);
  }

  /** Whether it runs no more. */
  get ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined;
  }

  /** What it has said last, for people. */
  get lastWords(): string {
    return this.#said.join('\n');
  }

  /**
   * The first line from now on of which this makes something.
   *
   * @throws Error with its last words when the program ends before
   */
  async line<T>(read: (line: string) => T | undefined): Promise<T> {
    const found = new Promise<T>((resolve) => {
      this.#onLine.add((line) => {
        const value = read(line);
        if (value !== undefined) resolve(value);
      });
    });
    const ended = this.#exit.then(
      () => Promise.reject(new Error(`The program has ended:\n${this.lastWords}`)),
      (error: Error) => Promise.reject(error),
    );
    try {
      return await Promise.race([found, ended]);
    } finally {
      this.#onLine.clear();
    }
  }

  /** Asks it to end, and does not take no for an answer. */
  async stop(): Promise<void> {
    if (!this.ended) {
      this.#child.kill('SIGTERM');
      const tooLate = setTimeout(this.#kill, STOP_WITHIN_MS);
      await this.#exit.catch(() => undefined);
      clearTimeout(tooLate);
    }
    process.off('exit', this.#kill);
  }

  readonly #kill = (): void => {
    this.#child.kill('SIGKILL');
  };
}
