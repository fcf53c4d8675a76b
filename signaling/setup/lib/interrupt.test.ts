import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Starts a process that watches for interrupts, says what it hears and goes on until its stdin ends. */
function watcher() {
  const code = `
    import { watchInterrupts } from ${JSON.stringify(join(import.meta.dirname, 'interrupt.ts'))};
    const { signal } = watchInterrupts();
    signal.addEventListener('abort', () => console.log(signal.reason.message, signal.reason.status));
    process.stdin.resume();
    console.log('watching');`;
  return spawn(process.execPath, ['--input-type=module', '-e', code]);
}

describe('watchInterrupts', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)(
    'turns %s into an abort with status %i, and takes its echo for the same one',
    async (name, status) => {
      const child = watcher();
      await once(child.stdout, 'data');
      child.kill(name);
      const [said] = await once(child.stdout, 'data');
      child.kill(name);
      expect(String(said)).toBe(`stopped by ${name} ${status}\n`);
      child.stdin.end();
      expect(await once(child, 'exit')).toEqual([0, null]);
    },
  );
});
