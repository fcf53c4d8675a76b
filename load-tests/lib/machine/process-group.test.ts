import { spawn } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ControlGroup } from './control-group.ts';
import { countsExactly } from './create-process-group.ts';
import { ProcessSessions } from './process-sessions.ts';

const mayGroup = countsExactly();

/** Is busy, holds 50 MB, and has started another process. */
const work = `
  require('node:child_process').spawn('sleep', ['600']);
  globalThis.held = Buffer.alloc(50e6, 1);
  setInterval(() => { for (const until = Date.now() + 20; Date.now() < until;); }, 0);
`;

describe.each([
  {
    name: mayGroup ? 'a control group' : 'a control group (skipped: none may be made here)',
    create: () => ControlGroup.create('test'),
    isThere: mayGroup,
  },
  { name: 'sessions', create: () => new ProcessSessions(), isThere: true },
])('$name', ({ create, isThere }) => {
  it.skipIf(!isThere)(
    'counts a process with those that it starts, and nobody when they have ended',
    async () => {
      const group = create();
      const [program, ...args] = group.inside([process.execPath, '-e', work]);
      const child = spawn(program, args, { stdio: 'ignore' });
      const end = () => {
        child.kill('SIGKILL');
        for (const pid of group.pids) process.kill(pid, 'SIGKILL');
      };
      onTestFinished(end);
      await expect.poll(() => group.pids).toHaveLength(2);
      await expect.poll(() => group.usage.memory).toBeGreaterThan(50e6);
      await expect.poll(() => group.usage.cpuSeconds).toBeGreaterThan(0.2);
      expect(group.usage.descriptors).toBeGreaterThan(2);
      end();
      await group.close();
      await group.close();
      expect(group.pids).toEqual([]);
    },
  );
});
