import { Interrupted } from './interrupt.ts';

/** Where a step tells how it goes. */
export interface StepReport {
  step(text: string): void;
  /** What goes on within the step. On a terminal it is seen for as long as it goes on, and leaves no line. */
  doing(text: string): void;
  progress(done: number, total: number): void;
}

/** A stream to print on: process.stdout, or a stand-in. */
export interface Output {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

/** Elapsed milliseconds for people: `3.2 s`, `4 min 05 s`. */
export function elapsed(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}

/**
 * Prints the steps with their elapsed time. A terminal gets one live line below them; anything
 * else gets a plain line about every tenth of the way.
 */
export class Screen {
  readonly #out: Output;
  readonly #now: () => number;

  constructor(out: Output = process.stdout, now: () => number = Date.now) {
    this.#out = out;
    this.#now = now;
  }

  line(text: string): void {
    this.#out.write(`${this.#out.isTTY ? '\r\x1b[K' : ''}${text}\n`);
  }

  /**
   * Shows the work of one step from its start to its end. Rejects as the work does.
   *
   * @param finished what it is called at its end
   */
  async during<T>(
    name: string,
    title: string,
    work: (report: StepReport) => Promise<T>,
    finished = 'ready',
  ): Promise<T> {
    const start = this.#now();
    let part = title;
    let counted = '';
    let tenth = 0;
    const live = () => {
      if (!this.#out.isTTY) return;
      const text = `${name}: ${part}${counted}  ${elapsed(this.#now() - start)}`;
      this.#out.write(`\r\x1b[K${text.slice(0, (this.#out.columns || 80) - 1)}`);
    };
    const timer = this.#out.isTTY ? setInterval(live, 1000) : undefined;
    const report: StepReport = {
      step: (text) => {
        part = text;
        counted = '';
        tenth = 0;
        this.line(`${name}: ${text}`);
        live();
      },
      doing: (text) => {
        if (text === part) return;
        part = text;
        counted = '';
        tenth = 0;
        if (this.#out.isTTY) live();
        else this.line(`${name}: ${text}  ${elapsed(this.#now() - start)}`);
      },
      progress: (done, total) => {
        if (!total) return;
        counted = ` [${done}/${total}]`;
        live();
        const reached = Math.floor((done / total) * 10);
        if (this.#out.isTTY || reached <= tenth) return;
        tenth = reached;
        this.line(`${name}: ${part} ${reached * 10} %  ${elapsed(this.#now() - start)}`);
      },
    };
    report.step(title);
    try {
      const result = await work(report);
      this.line(`${name}: ${finished} after ${elapsed(this.#now() - start)}`);
      return result;
    } catch (error) {
      const how = error instanceof Interrupted ? 'stopped' : 'failed';
      this.line(`${name}: ${how} after ${elapsed(this.#now() - start)}`);
      throw error;
    } finally {
      clearInterval(timer);
    }
  }
}
