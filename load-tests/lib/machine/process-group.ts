import { readdirSync } from 'node:fs';

/** What the processes of a group have used so far, and hold now. */
export interface Usage {
  /** Time on any core, in seconds, of those that have ended too. */
  cpuSeconds: number;
  /** In bytes, without what the kernel keeps of files. */
  memory: number;
  descriptors: number;
}

/** Processes whose use of the machine is counted together, with all that they start. */
export interface ProcessGroup {
  /** A command line that runs another one, and all that it starts, in the group. */
  inside(command: readonly [string, ...string[]]): [string, ...string[]];
  /** Those that run. */
  readonly pids: number[];
  readonly usage: Usage;
  /** To be called when its processes have ended; waits for the last of them. */
  close(): Promise<void>;
}

/** How many files and sockets a process has open; 0 when it has ended. */
export function descriptorsOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}
