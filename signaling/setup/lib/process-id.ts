import { readFileSync } from 'node:fs';

/**
 * Names a process so that a later one with the same number is not taken for it: `<pid>:<start>`,
 * the start in clock ticks since boot where the system tells it (Linux), else empty.
 */
export function processId(pid: number): string {
  return `${pid}:${statOf(pid)[START] ?? ''}`;
}

/** Whether the process that processId() named still runs. */
export function isRunning(id: string): boolean {
  const pid = Number(id.split(':')[0]);
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  // In a container without an init, the dead stay listed for good as zombies.
  return processId(pid) === id && !ENDED.has(statOf(pid)[STATE] ?? '');
}

/** Where /proc/<pid>/stat tells these, counted from after the name; and the states of what has ended. */
const STATE = 0;
const START = 19;
const ENDED = new Set(['Z', 'X']);

function statOf(pid: number): string[] {
  try {
    // The name is in parentheses and may hold spaces and parentheses itself.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
