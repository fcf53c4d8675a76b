import { existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { descriptorsOf, type ProcessGroup, type Usage } from './process-group.ts';

let made = 0;

/**
 * A control group, of version 2 for the time and of whatever version the system has for the memory. That is exact to a
 * microsecond and misses no short-lived child, which sampling `/proc` would.
 */
export class ControlGroup implements ProcessGroup {
  readonly #cpu: string;
  readonly #memory: MemoryGroup;
  #closed = false;

  /** @throws Error when there is no right to make control groups */
  static create(name: string): ControlGroup {
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
    return new ControlGroup(
      cpu,
      old ? new OldMemoryGroup(makeGroup(join(old, folder))) : new MemoryGroup(cpu),
    );
  }

  private constructor(cpu: string, memory: MemoryGroup) {
    this.#cpu = cpu;
    this.#memory = memory;
  }

  inside(command: readonly [string, ...string[]]): [string, ...string[]] {
    const files = this.#folders.map((folder) => join(folder, 'cgroup.procs'));
    const enter = `for file in ${files.map((file) => `'${file}'`).join(' ')}; do echo $$ > "$file"; done; exec "$@"`;
    return ['sh', '-c', enter, 'sh', ...command];
  }

  get pids(): number[] {
    const procs = join(this.#cpu, 'cgroup.procs');
    // The system removes a group only when nobody is in it.
    if (this.#closed && !existsSync(procs)) return [];
    return readFileSync(procs, 'utf8').split('\n').filter(Boolean).map(Number);
  }

  get usage(): Usage {
    const stat = readFileSync(join(this.#cpu, 'cpu.stat'), 'utf8');
    return {
      cpuSeconds: Number(/usage_usec (\d+)/.exec(stat)?.[1]) / 1e6,
      memory: this.#memory.bytes,
      descriptors: this.pids.reduce((total, pid) => total + descriptorsOf(pid), 0),
    };
  }

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
    throw new Error(`The control group ${folder} cannot be made.`, { cause: error });
  }
}
