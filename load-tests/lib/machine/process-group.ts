import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** What the processes of a group have used so far, and hold now. */
export interface Usage {
  /** Time on any core, in seconds, of those that have ended too. */
  cpuSeconds: number;
  /** In bytes, without what the kernel keeps of files. */
  memory: number;
  descriptors: number;
}

let made = 0;

/**
 * Processes whose use of the machine is counted together, with all that they start: a control group, of version 2
 * for the time and of whatever version the system has for the memory. That is exact to a microsecond and misses
 * no short-lived child, which sampling `/proc` would.
 */
export class ProcessGroup {
  readonly #cpu: string;
  readonly #memory: MemoryGroup;
  #closed = false;

  /** @throws Error when there is no right to make control groups */
  static create(name: string): ProcessGroup {
    const mounts = readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' '));
    const mountOf = (type: string, option?: string) =>
      mounts.find(
        ([, , kind, options]) => kind === type && (!option || options?.split(',').includes(option)),
      )?.[1];
    const unified = mountOf('cgroup2');
    if (!unified)
      throw new Error('this system has no control groups of version 2, by which usage is counted');
    made += 1;
    const folder = `meshlift-${name}-${process.pid}-${made}`;
    const cpu = makeGroup(join(unified, folder));
    const old = mountOf('cgroup', 'memory');
    return new ProcessGroup(
      cpu,
      old ? new OldMemoryGroup(makeGroup(join(old, folder))) : new MemoryGroup(cpu),
    );
  }

  private constructor(cpu: string, memory: MemoryGroup) {
    this.#cpu = cpu;
    this.#memory = memory;
  }

  /** A command line that runs another one, and all that it starts, in the group. */
  inside(command: readonly [string, ...string[]]): [string, ...string[]] {
    const files = this.#folders.map((folder) => join(folder, 'cgroup.procs'));
    const enter = `for file in ${files.map((file) => `'${file}'`).join(' ')}; do echo $$ > "$file"; done; exec "$@"`;
    return ['sh', '-c', enter, 'sh', ...command];
  }

  /** Takes a process in that runs already. What it has used before does not count. */
  add(pid: number): void {
    for (const folder of this.#folders) writeFileSync(join(folder, 'cgroup.procs'), String(pid));
  }

  get pids(): number[] {
    return readFileSync(join(this.#cpu, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
  }

  get usage(): Usage {
    const stat = readFileSync(join(this.#cpu, 'cpu.stat'), 'utf8');
    return {
      cpuSeconds: Number(/usage_usec (\d+)/.exec(stat)?.[1]) / 1e6,
      memory: this.#memory.bytes,
      descriptors: this.pids.reduce((total, pid) => total + descriptorsOf(pid), 0),
    };
  }

  /** To be called when its processes have ended; waits for the last of them. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (let tries = 0; this.pids.length > 0 && tries < 100; tries += 1) await wait(50);
    for (const folder of this.#folders) {
      try {
        rmdirSync(folder);
      } catch {
        // Somebody is still in it: the system keeps an empty folder until it restarts, and no more.
      }
    }
  }

  get #folders(): string[] {
    return [...new Set([this.#cpu, this.#memory.folder])];
  }
}

/** The memory of a group, by version 2. */
class MemoryGroup {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  get bytes(): number {
    return this.read('memory.current') - this.stat('file');
  }

  protected read(file: string): number {
    return Number(readFileSync(join(this.folder, file), 'utf8'));
  }

  protected stat(name: string): number {
    const stat = readFileSync(join(this.folder, 'memory.stat'), 'utf8');
    return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(stat)?.[1] ?? 0);
  }
}

/** The same by version 1. */
class OldMemoryGroup extends MemoryGroup {
  override get bytes(): number {
    return this.read('memory.usage_in_bytes') - this.stat('total_cache');
  }
}

function makeGroup(folder: string): string {
  try {
    mkdirSync(folder);
    return folder;
  } catch (error) {
    throw new Error(`The control group ${folder} cannot be made: run the load tests as root.`, {
      cause: error,
    });
  }
}

function descriptorsOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}
