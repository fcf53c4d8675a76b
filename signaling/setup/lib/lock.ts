import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isRunning, processId } from './process-id.ts';

/** A lock that is held. */
export interface Lock {
  /**
   * Makes a child a holder too: should this process be killed, the lock lasts until the child,
   * which goes on with the work, has ended.
   */
  share(pid: number): void;
}

export interface LockOptions {
  /** Stops the waiting. */
  signal?: AbortSignal;
  /** Called once, with the holder's process number, when the lock is not free. */
  onWait?: (pid: string) => void;
  /** Time between looks at a lock that is held, in milliseconds. Default 300. */
  pollMs?: number;
}

/**
 * Runs the work while holding the lock file, so that of several processes one works at a time. The
 * lock of a process that died counts for nothing.
 */
export async function withLock<T>(
  file: string,
  work: (lock: Lock) => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  const holders = [processId(process.pid)];
  let told = false;
  while (!tryCreate(file, holders)) {
    const others = holdersOf(file);
    if (!others.some(isRunning)) {
      removeDead(file);
      continue;
    }
    if (!told) options.onWait?.(others[0]?.split(':')[0] ?? '?');
    told = true;
    await delay(options.pollMs ?? 300, undefined, options.signal ? { signal: options.signal } : {});
  }
  try {
    return await work({
      share: (pid) => {
        holders.push(processId(pid));
        replace(file, holders);
      },
    });
  } finally {
    rmSync(file, { force: true });
  }
}

function holdersOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}

/** A hard link appears with its content complete, and only where there is no file yet. */
function tryCreate(file: string, holders: string[]): boolean {
  const own = `${file}.${randomUUID()}`;
  writeFileSync(own, holders.join('\n'));
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own);
  }
}

function replace(file: string, holders: string[]): void {
  const own = `${file}.${randomUUID()}`;
  writeFileSync(own, holders.join('\n'));
  renameSync(own, file);
}

/**
 * Removes a lock whose holders have all died. Two waiting processes may see that at once, and the
 * slower must not remove what the faster has created since: a second lock, held for an instant and
 * without waiting in between, lets one of them look and remove.
 */
function removeDead(file: string): void {
  const guard = `${file}.guard`;
  if (!tryCreate(guard, [processId(process.pid)])) {
    if (!holdersOf(guard).some(isRunning)) rmSync(guard, { force: true });
    return;
  }
  try {
    if (!holdersOf(file).some(isRunning)) rmSync(file, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}
