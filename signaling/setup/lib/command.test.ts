import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from './command.ts';
import { Interrupted } from './interrupt.ts';

let dir: string;
let stop: AbortController;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'meshlift-command-'));
  stop = new AbortController();
});
afterEach(() => rmSync(dir, { recursive: true }));

describe('runCommand', () => {
  it('resolves with the status and keeps both outputs in the log', async () => {
    const log = join(dir, 'logs', 'x.log');
    const args = ['-c', 'echo out; echo err >&2; exit 7'];
    expect(await runCommand('sh', args, { cwd: dir, signal: stop.signal, log })).toBe(7);
    expect(readFileSync(log, 'utf8')).toBe('out\nerr\n');
  });

  it('says in words that a program is missing', async () => {
    const run = runCommand('no-such-program', [], { cwd: dir, signal: stop.signal });
    await expect(run).rejects.toThrow('no-such-program cannot be started: it is not on PATH');
  });

  /** Runs a shell script that says something once it is ready, and interrupts it then. */
  async function interrupted(script: string, disposable: boolean): Promise<string> {
    const log = join(dir, 'x.log');
    const onStart = () => {
      const ready = setInterval(() => {
        if (!readFileSync(log, 'utf8')) return;
        clearInterval(ready);
        stop.abort(new Interrupted('SIGTERM'));
      }, 5);
    };
    const run = runCommand('sh', ['-c', script], { cwd: dir, signal: stop.signal, log, disposable, onStart });
    await expect(run).rejects.toThrow('stopped by SIGTERM');
    return readFileSync(log, 'utf8');
  }

  it('passes a stop signal on and waits for the child to end', async () => {
    // `wait` is what lets the shell hear the signal while the other program runs.
    const script = 'tail -f /dev/null & trap "kill $!; echo cleaned up; exit 0" TERM; echo ready; wait';
    expect(await interrupted(script, false)).toContain('cleaned up');
  });

  it('does not wait for a disposable child that would not hear', { timeout: 5_000 }, async () => {
    expect(await interrupted('trap "" TERM INT; echo ready; exec tail -f /dev/null', true)).toBe('ready\n');
  });
});
