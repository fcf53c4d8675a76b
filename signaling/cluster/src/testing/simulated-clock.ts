import { setImmediate } from 'node:timers/promises';
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

  /** Lets `ms` pass; what is due runs in its order, and what follows from it before the next. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await setImmediate();
    for (let task = this.#nextBefore(end); task; task = this.#nextBefore(end)) {
      this.#tasks.delete(task);
      this.#now = Math.max(this.#now, task.at);
      task.run();
      await setImmediate();
    }
    this.#now = end;
  }

  #nextBefore(end: number): Task | undefined {
    let next: Task | undefined;
    for (const task of this.#tasks) if (task.at <= end && (!next || task.at < next.at)) next = task;
    return next;
  }
}
