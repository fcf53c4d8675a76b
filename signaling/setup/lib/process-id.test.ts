import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { isRunning, processId } from './process-id.ts';

let child: ChildProcess | undefined;
afterEach(() => child?.kill('SIGKILL'));

describe('isRunning', () => {
  it('knows this process, and not another with its number', () => {
    expect(isRunning(processId(process.pid))).toBe(true);
    expect(isRunning(`${process.pid}:1`)).toBe(false);
  });

  it('is false of what was never a process', () => {
    for (const id of ['', 'x', '0:', '-1:', '999999999:']) expect(isRunning(id)).toBe(false);
  });

  it.runIf(process.platform === 'linux')(
    'is false of one that has ended and that nobody asked about',
    async () => {
      // The program that replaces the shell does not know of the shell's own child, and leaves it a zombie.
      const parent = spawn('sh', ['-c', 'exec 3<&0; (read _ <&3) & echo $!; exec tail -f /dev/null']);
      child = parent;
      const [pid] = await once(parent.stdout, 'data');
      const id = processId(Number(pid));
      expect(isRunning(id)).toBe(true);
      await vi.waitFor(() => expect(readFileSync(`/proc/${parent.pid}/comm`, 'utf8')).toBe('tail\n'));
      parent.stdin.end('end\n');
      await vi.waitFor(() => expect(isRunning(id)).toBe(false));
      expect(() => process.kill(Number(pid), 0)).not.toThrow();
    },
  );
});
