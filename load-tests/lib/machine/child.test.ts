import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import type { EchoTasks } from '../testing/echo-process.ts';
import { Child } from './child.ts';

const script = new URL('../testing/echo-process.ts', import.meta.url);

async function start(): Promise<Child<EchoTasks>> {
  const child = await Child.start<EchoTasks>(script);
  onTestFinished(() => child.stop());
  return child;
}

it('does tasks until it is stopped', async () => {
  const child = await start();
  expect(await child.tasks.echo('a word')).toBe('a word');
  await child.stop();
  await child.stop();
});

it('lets those know who wait for a task when it ends by itself', async () => {
  const child = await start();
  const waiting = child.tasks.forever();
  process.kill(child.pid, 'SIGKILL');
  await expect(waiting).rejects.toThrow('ended with SIGKILL');
  await expect(child.lost).rejects.toThrow('ended with SIGKILL');
});

it('refuses what it is asked for while it dies, at whatever moment', async () => {
  const child = await start();
  const died = child.tasks.forever().catch((error: unknown) => error);
  const answers: Promise<unknown>[] = [];
  process.kill(child.pid, 'SIGKILL');
  // Its channel is closed some turns of the event loop before its end is told.
  for (let over = false; !over; over = await Promise.race([died.then(() => true), nextTurn(false)]))
    answers.push(child.tasks.echo('a word').catch((error: unknown) => error));
  for (const answer of answers) expect(String(await answer)).toMatch(/^a word$|ended with SIGKILL|is closed/);
  expect(await child.tasks.echo('later').catch((error: unknown) => String(error))).toContain('is closed');
});

it('refuses what it is asked for while it is being stopped', async () => {
  const child = await start();
  const earlier = child.tasks.forever().catch((error: unknown) => String(error));
  const stopped = child.stop();
  await expect(child.tasks.echo('a word')).rejects.toThrow('is closed');
  expect(await earlier).toContain('is stopped');
  await stopped;
});
