/** The signals that a person or a supervisor stops a setup with, and the exit status each one gives. */
const STATUS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type StopSignal = keyof typeof STATUS;

/** npm passes a terminal's Ctrl-C on although it arrived already: what comes this soon after is the same one. */
const SAME_MS = 500;

/** The reason with which everything under way is aborted. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  readonly signal: StopSignal;
  readonly status: number;

  constructor(signal: StopSignal) {
    super(`stopped by ${signal}`);
    this.signal = signal;
    this.status = STATUS[signal];
  }
}

export interface Interrupt {
  /** Aborted, with an Interrupted as its reason, by the first stop signal. */
  signal: AbortSignal;
  /** Gives the signals back to whoever comes next, such as the server. */
  release(): void;
}

/** Turns stop signals into an abort, so that children are stopped and temporary files go. A second one ends at once. */
export function watchInterrupts(signals = Object.keys(STATUS) as StopSignal[]): Interrupt {
  const controller = new AbortController();
  let first = 0;
  const heard = (signal: StopSignal) => {
    if (!first) {
      first = Date.now();
      controller.abort(new Interrupted(signal));
    } else if (Date.now() - first > SAME_MS) {
      process.exit(STATUS[signal]);
    }
  };
  for (const signal of signals) process.on(signal, heard);
  return {
    signal: controller.signal,
    release: () => {
      for (const signal of signals) process.off(signal, heard);
    },
  };
}
