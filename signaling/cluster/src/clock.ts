/** Time as a node of the cluster sees it. Durations only: no node ever compares its time of day with another's. */
export interface Clock {
  /** Milliseconds from an arbitrary origin; never goes backwards. */
  now(): number;
  /** Calls back after `ms`. @returns cancels it */
  after(ms: number, callback: () => void): () => void;
  /** Calls back once the code that runs now has returned, in the order of the calls. */
  soon(callback: () => void): void;
}

/** This process's monotonic clock. Its timers keep no process alive. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms).unref();
    return () => clearTimeout(timer);
  },
  soon: (callback) => void setImmediate(callback),
};
