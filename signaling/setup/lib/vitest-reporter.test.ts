import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { REPORT_VARIABLE } from './vitest-reporter.ts';

const VITEST = fileURLToPath(new URL('../../../node_modules/.bin/vitest', import.meta.url));
const REPORTER = fileURLToPath(new URL('vitest-reporter.ts', import.meta.url));

/** Has Vitest run these files, by their names. */
function run(files: Record<string, string>): unknown {
  const root = mkdtempSync(join(tmpdir(), 'meshlift-reporter-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, name), text);
  const report = join(root, 'report.json');
  const args = ['run', '--globals', '--root', root, '--config', join(root, 'none'), '--reporter', REPORTER];
  writeFileSync(join(root, 'none'), '');
  spawnSync(VITEST, args, { env: { ...process.env, [REPORT_VARIABLE]: report }, stdio: 'ignore' });
  return JSON.parse(readFileSync(report, 'utf8'));
}

it('counts tests by how they ended, and names what failed', () => {
  const adds = `
    describe('sums', () => {
      test('adds', () => expect(1 + 1).toBe(2));
      test('adds more', () => { throw new Error('too many\\n at a line'); });
      test.skip('adds later', () => {});
    });
    test.todo('subtracts');
  `;
  expect(run({ 'sums.test.mjs': adds })).toEqual({
    passed: 1,
    failed: 1,
    skipped: 2,
    failures: ['sums.test.mjs › sums > adds more › too many'],
  });
});

it('counts a file that does not load, and one whose clean-up throws', () => {
  const report = run({
    'gone.test.mjs': "import './nowhere.mjs';",
    'tidy.test.mjs': "afterAll(() => { throw new Error('untidy'); }); test('works', () => {});",
  });
  expect(report).toMatchObject({ passed: 1, failed: 2, skipped: 0 });
  expect(report).toHaveProperty('failures', [
    expect.stringMatching(/^gone\.test\.mjs › .*nowhere/),
    'tidy.test.mjs › untidy',
  ]);
});

it('counts what went wrong outside of any test', () => {
  const stray =
    "test('works', async () => { Promise.reject(new Error('stray')); await new Promise((done) => setTimeout(done, 50)); });";
  expect(run({ 'stray.test.mjs': stray })).toEqual({
    passed: 1,
    failed: 1,
    skipped: 0,
    failures: ['outside of tests › stray'],
  });
});
