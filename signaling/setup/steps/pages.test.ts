import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Context } from '../lib/context.ts';
import type { watchInterrupts } from '../lib/interrupt.ts';
import { Screen } from '../lib/screen.ts';
import { runStep } from '../lib/step.ts';
import { pages } from './pages.ts';

let root: string;
let context: Context;
const write = (path: string, text: string) => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
};

/** Builds as npm start would; tells whether there was anything to build. */
async function builds(): Promise<boolean> {
  const done = (await pages(context).check()) !== undefined;
  await runStep(context, pages(context));
  return !done;
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'meshlift-pages-'));
  const screen = new Screen({ write: () => {} });
  const interrupt = { signal: new AbortController().signal, release: () => {} } satisfies ReturnType<
    typeof watchInterrupts
  >;
  context = { root, cache: join(root, 'cache'), screen, interrupt };
  write('package-lock.json', '{}');
  write('client-plugin/src/index.ts', '1');
  write(
    'client-plugin/build.ts',
    `import { mkdirSync, writeFileSync } from 'node:fs';
     mkdirSync('client-plugin/dist', { recursive: true });
     writeFileSync('client-plugin/dist/index.js', 'built');`,
  );
});
afterEach(() => rmSync(root, { recursive: true }));

describe('pages', () => {
  it('builds once, in the checkout', async () => {
    expect(await builds()).toBe(true);
    expect(readFileSync(join(root, 'client-plugin/dist/index.js'), 'utf8')).toBe('built');
    expect(await builds()).toBe(false);
  });

  it.each([
    'client-plugin/src/deep/new.ts',
    'client-plugin/demo.html',
    'signaling/protocol/src/wire.ts',
    'package-lock.json',
  ])('builds again after a change of %s', async (path) => {
    await builds();
    write(path, 'changed');
    expect(await builds()).toBe(true);
  });

  it.each([
    'client-plugin/src/index.test.ts',
    'client-plugin/e2e/page.ts',
    'client-plugin/README.md',
    'signaling/src/main.ts',
  ])('does not for %s', async (path) => {
    await builds();
    write(path, 'changed');
    expect(await builds()).toBe(false);
  });

  it('does not count a build that failed, and says where its output is', async () => {
    await builds();
    write('client-plugin/build.ts', "console.log('what went wrong'); process.exit(3);");
    const failure = await builds().catch((error: unknown) => error);
    expect(failure).toMatchObject({ message: expect.stringContaining('status 3') });
    expect(readFileSync((failure as { log: string }).log, 'utf8')).toContain('what went wrong');
    expect(await pages(context).check()).toBeUndefined();
  });
});
