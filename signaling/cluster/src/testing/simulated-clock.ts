import type { Clock } from '../clock.ts';

interface Task {
  at: number;
  run: () => void;
}

/** A clock that stands still until a test moves it. */
export class SimulatedClock implements Clock {
  #now = 0;
  readonly #tasks = new Set<Task>();

  now(): number {
    return this.#now;
  }

  after(ms: number, run: () => void): () => void {
    const task: Task = { at: this.#now + ms, run };
    this.#tasks.add(task);
    return () => this.#tasks.delete(task);
  }

  soon(run: () => void): void {
    this.after(0, run);
  }

  /** Runs what is due within `ms`, in the order in which it is due. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let task = this.#nextBefore(end); task; task = this.#nextBefore(end)) {
      this.#tasks.delete(task);
      this.#now = Math.max(this.#now, task.at);
      task.run();
    }
    this.#now = end;
  }

  /** Runs what is due next, whenever that is. @returns false if nothing is */
  step(): boolean {
    const next = this.#nextBefore(Number.POSITIVE_INFINITY);
    if (!next) return false;
    this.#tasks.delete(next);
    this.#now = Math.max(this.#now, next.at);
    next.run();
    return true;
  }

  /** When the next thing is due. */
  get nextAt(): number | undefined {
    return this.#nextBefore(Number.POSITIVE_INFINITY)?.at;
  }

  #nextBefore(end: number): Task | undefined {
    let next: Task | undefined;
    for (const task of this.#tasks) if (task.at <= end && (!next || task.at < next.at)) next = task;
    return next;
  }
}
