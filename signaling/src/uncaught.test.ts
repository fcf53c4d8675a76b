import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';

const UNCAUGHT = new URL('./uncaught.ts', import.meta.url).href;
const TELEMETRY = import.meta.resolve('@meshlift/telemetry');

async function fail(level: string, how: string) {
  const program = `
    import { createLogger } from '${TELEMETRY}';
    import { exitOnUncaught } from '${UNCAUGHT}';
    exitOnUncaught(createLogger('${level}'));
    setInterval(() => {}, 1_000);
    ${how}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program]);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { stdout, stderr, code };
}

const ways = [
  ['an error', `setImmediate(() => { throw new Error('lost 203.0.113.7') });`],
  ['a rejection', `Promise.reject(new Error('lost 203.0.113.7'));`],
  [
    'an error event',
    `new (await import('node:events')).EventEmitter().emit('error', new Error('lost 203.0.113.7'));`,
  ],
] as const;

it.each(ways)(
  'V3: %s that nobody catches is logged through the mask and ends the process',
  async (_, how) => {
    const { stdout, stderr, code } = await fail('error', how);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ level: 'error', msg: 'uncaught error' });
    expect(stdout).toContain('lost ');
    expect(stdout).not.toContain('203.0.113.7');
    expect(stderr).toBe('');
  },
);

it.each(ways)('at silent %s ends the process without a word', async (_, how) => {
  expect(await fail('silent', how)).toEqual({ stdout: '', stderr: '', code: 1 });
});
