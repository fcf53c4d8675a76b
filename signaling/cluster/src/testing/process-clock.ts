import type { Clock } from '../clock.ts';

/**
 * One process's view of a clock: it can be paused, as a process is by SIGSTOP. Then nothing runs, and time goes on; or
 * it stands still too, as in a virtual machine that is suspended.
 */
export class ProcessClock implements Clock {
  readonly #clock: Clock;
  readonly #latencyMs: number;
  #waiting: (() => void)[] | undefined;
  #resuming = false;
  #suspendedAt: number | undefined;
  #suspendedFor = 0;

  /** @param latencyMs how long what is sent or received takes */
  constructor(clock: Clock, latencyMs = 0) {
    this.#clock = clock;
    this.#latencyMs = latencyMs;
  }

  get paused(): boolean {
    return this.#waiting !== undefined;
  }

  now(): number {
    return (this.#suspendedAt ?? this.#clock.now()) - this.#suspendedFor;
  }

  after(ms: number, callback: () => void): () => void {
    let cancelled = false;
    const cancel = this.#clock.after(ms, () => this.#run(() => cancelled || callback()));
    return () => {
      cancelled = true;
      cancel();
    };
  }

  soon(callback: () => void): void {
    this.#clock.after(this.#latencyMs, () => this.#run(callback));
  }

  pause(): void {
    this.#resuming = false;
    this.#waiting ??= [];
  }

  /** Pauses it in such a way that its clock shows nothing of it. */
  suspend(): void {
    this.pause();
    this.#suspendedAt ??= this.#clock.now();
  }

  /** Runs what has become due meanwhile, before anything else. */
  resume(): void {
    if (this.#suspendedAt !== undefined) this.#suspendedFor += this.#clock.now() - this.#suspendedAt;
    this.#suspendedAt = undefined;
    if (!this.#waiting || this.#resuming) return;
    this.#resuming = true;
    this.#catchUp();
  }

  #catchUp(): void {
    this.#clock.soon(() => {
      if (!this.#resuming) return;
      const next = this.#waiting?.shift();
      next?.();
      if (next) return this.#catchUp();
      this.#waiting = undefined;
      this.#resuming = false;
    });
  }

  #run(callback: () => void): void {
    if (this.#waiting) this.#waiting.push(callback);
    else callback();
  }
}
