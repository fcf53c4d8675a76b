import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const RUN = join(import.meta.dirname, '..', 'run.mjs');
const ROOT = join(import.meta.dirname, '..', '..', '..');

/** One of the commands as a person runs it. */
function run(args: string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [RUN, ...args], { env: { ...process.env, ...environment } });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk));
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk));
  return { child, said };
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  return child.exitCode;
}

it('says which version it is, and what it can do', async () => {
  const version = run(['start', '--version']);
  expect(await ended(version.child)).toBe(0);
  const { version: own } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    version: string;
  };
  expect(version.said.out).toContain(own);
  const help = run(['start', '--help']);
  expect(await ended(help.child)).toBe(0);
  expect(help.said.out).toContain('--check');
  const unknown = run(['start', '--chekc']);
  expect(await ended(unknown.child)).toBe(2);
  expect(unknown.said.err).toContain('--chekc');
});

it('checks the configuration: all mistakes at once, before any worker is looked for', async () => {
  const wrong = { MESHLIFT_PORT: 'x', MESHLIFT_WORKERS: 'many' };
  const nowhere = { MEDIASOUP_WORKER_BIN: '/nowhere/mediasoup-worker' };
  for (const args of [['start', '--check'], ['start']]) {
    const { child, said } = run(args, { ...wrong, ...nowhere });
    expect(await ended(child)).toBe(2);
    expect(said.err).toContain('MESHLIFT_PORT cannot be "x"');
    expect(said.err).toContain('MESHLIFT_WORKERS cannot be "many"');
    expect(said.err).not.toContain('    at ');
  }
  const right = run(['start', '--check'], { MESHLIFT_PROT: '1', ...nowhere });
  expect(await ended(right.child)).toBe(0);
  expect(right.said.out).toContain('MESHLIFT_PROT');
});

it('says in a sentence that the cache cannot be written, and which variable to set', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'meshlift-unwritable-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const file = join(dir, 'file');
  writeFileSync(file, '');
  // The worker's step is the first to need the cache where the packages are there.
  const { child, said } = run(['setup'], {
    MESHLIFT_CACHE_DIR: join(file, 'cache'),
    MEDIASOUP_WORKER_BIN: '',
  });
  expect(await ended(child)).toBe(1);
  expect(said.err).toContain('MESHLIFT_CACHE_DIR');
  expect(said.err).not.toContain('    at ');
});
