import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLock } from './lock.ts';

let dir: string;
let file: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'meshlift-lock-'));
  file = join(dir, 'some.lock');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(dir, { recursive: true });
});

/** Starts another process that takes the lock, and waits until it holds it. It lets go when its stdin ends. */
async function otherHolder(sharesWith?: number): Promise<ChildProcess> {
  const script = `
    import { withLock } from ${JSON.stringify(join(import.meta.dirname, 'lock.ts'))};
    await withLock(process.argv[1], async (lock) => {
      if (${sharesWith ?? 0}) lock.share(${sharesWith ?? 0});
      console.log('held');
      for await (const _ of process.stdin);
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, file]);
  children.push(child);
  child.stderr.pipe(process.stderr);
  await once(child.stdout, 'data');
  return child;
}

describe('withLock', () => {
  it('gives the result, and leaves nothing behind', async () => {
    expect(await withLock(file, async () => 'result')).toBe('result');
    await expect(withLock(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(existsSync(file)).toBe(false);
  });

  it('waits for the process that holds it, and says which that is', async () => {
    const other = await otherHolder();
    let ended = false;
    other.once('exit', () => {
      ended = true;
    });
    const waitedFor: string[] = [];
    const onWait = (pid: string) => {
      waitedFor.push(pid);
      other.stdin?.end();
    };
    // The other lets go of it before it ends, so its end is not what is waited for.
    await withLock(file, async () => expect(existsSync(file)).toBe(true), { onWait, pollMs: 5 });
    expect(waitedFor).toEqual([String(other.pid)]);
    if (!ended) await once(other, 'exit');
  });

  it('takes it over from a process that was killed', async () => {
    const other = await otherHolder();
    other.kill('SIGKILL');
    await once(other, 'exit');
    expect(existsSync(file)).toBe(true);
    const onWait = () => expect.unreachable('a dead process holds nothing');
    expect(await withLock(file, async () => 'taken', { onWait })).toBe('taken');
  });

  it('waits for the child of a process that was killed, which goes on with the work', async () => {
    const work = spawn('cat');
    children.push(work);
    const other = await otherHolder(work.pid);
    other.kill('SIGKILL');
    await once(other, 'exit');
    let waited = false;
    const onWait = () => {
      waited = true;
      work.stdin.end();
    };
    await withLock(file, async () => expect(work.exitCode ?? work.signalCode).not.toBeNull, {
      onWait,
      pollMs: 5,
    });
    expect(waited).toBe(true);
  });

  it('is not held by a later process with the number of a dead one', async () => {
    // This very process's number, with another start.
    writeFileSync(file, `${process.pid}:1`);
    expect(await withLock(file, async () => 'taken')).toBe('taken');
  });

  it('lets several that wait work one after the other', async () => {
    writeFileSync(file, '999999999:1');
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise(setImmediate);
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 10 }, () => withLock(file, work, { pollMs: 1 })));
    expect(most).toBe(1);
  });

  it('stops waiting when told to', async () => {
    await otherHolder();
    const stop = new AbortController();
    const waiting = withLock(file, async () => 'never', { signal: stop.signal, onWait: () => stop.abort() });
    await expect(waiting).rejects.toThrow();
    expect(existsSync(file)).toBe(true);
  });
});
