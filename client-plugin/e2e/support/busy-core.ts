import { type ChildProcess, spawn } from 'node:child_process';

/** A process that takes all the time it can get of one core. */
export class BusyCore {
  readonly #child: ChildProcess;

  static start(): BusyCore {
    return new BusyCore();
  }

  private constructor() {
    this.#child = spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
  }

  /** Repeating it changes nothing. */
  stop(): void {
    this.#child.kill('SIGKILL');
  }
}
