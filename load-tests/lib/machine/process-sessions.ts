import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { descriptorsOf, type ProcessGroup, type Usage } from './process-group.ts';

/** Of the times in `/proc/PID/stat`, whatever the kernel counts by (proc(5), USER_HZ). */
const TICKS_PER_SECOND = 100;

interface Running {
  pid: number;
  session: number;
  cpuSeconds: number;
}

/**
 * Every command in a session of its own (setsid(2)), which all that it starts are in as well, counted from `/proc`:
 * for those who may make no control groups. Time comes in steps of 10 ms, and without that of a child which ended
 * before its parent did and was not waited for; memory is without what the kernel holds for the processes.
 */
export class ProcessSessions implements ProcessGroup {
  readonly #folder = mkdtempSync(join(tmpdir(), 'meshlift-group-'));
  #closed = false;
  /** Each command's first process, by whose id its session is called. */
  #sessions: readonly number[] = [];

  inside(command: readonly [string, ...string[]]): [string, ...string[]] {
    const enter = `echo $$ >> '${this.#file}'; exec "$@"`;
    return ['setsid', 'sh', '-c', enter, 'sh', ...command];
  }

  get pids(): number[] {
    return this.#running.map(({ pid }) => pid);
  }

  get usage(): Usage {
    const running = this.#running;
    const total = (of: (process: Running) => number) =>
      running.reduce((sum, process) => sum + of(process), 0);
    return {
      cpuSeconds: total(({ cpuSeconds }) => cpuSeconds),
      memory: total(({ pid }) => anonymousMemoryOf(pid)),
      descriptors: total(({ pid }) => descriptorsOf(pid)),
    };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    for (let tries = 0; this.pids.length > 0 && tries < 100; tries += 1) await wait(50);
    this.#closed = true;
    rmSync(this.#folder, { recursive: true });
  }

  get #file(): string {
    return join(this.#folder, 'sessions');
  }

  get #running(): Running[] {
    if (!this.#closed) this.#sessions = read(this.#file).split('\n').filter(Boolean).map(Number);
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => runningOf(Number(name)))
      .filter((process) => process !== undefined)
      .filter(({ session }) => this.#sessions.includes(session));
  }
}

/** Undefined for a process that has ended. */
function runningOf(pid: number): Running | undefined {
  // The name before it may hold blanks and brackets.
  const fields = read(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, '')
    .split(' ');
  const [state, , , session] = fields;
  if (session === undefined || state === 'Z') return undefined;
  // Its own in user and kernel mode, and that of its children which have ended.
  const ticks = fields.slice(11, 15).reduce((sum, time) => sum + Number(time), 0);
  return { pid, session: Number(session), cpuSeconds: ticks / TICKS_PER_SECOND };
}

function anonymousMemoryOf(pid: number): number {
  return Number(/^Anonymous: +(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) * 1_024;
}

/** Nothing where there is nothing, or not any more. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
