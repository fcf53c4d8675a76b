import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type BuildOptions, buildWorker } from './build.ts';
import { recipeDir } from './recipe.ts';
import { startsHere } from './verify.ts';

/** Files that are compiled before the build stops at its gate. */
const FILES = 3;
/** With the library that they are put into. */
const BEFORE_GATE = FILES + 1;

/** For a gate that stays shut until the test has seen what it wanted. */
const PATIENCE = { timeout: 15_000 };

let dir: string;
let gate: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'meshlift-resume-'));
  gate = join(dir, 'gate');
  writeFileSync(gate, '');
  writeStandIn();
  return () => rmSync(dir, { recursive: true, force: true, maxRetries: 10 });
});

/** A recipe that differs from the project's in the sources alone: they are of a program that is built in a second. */
function writeStandIn(): void {
  const [recipe, worker] = [join(dir, 'recipe'), join(dir, 'package', 'worker')];
  for (const folder of [recipe, worker]) mkdirSync(folder, { recursive: true });
  copyFileSync(join(recipeDir, 'build.sh'), join(recipe, 'build.sh'));
  writeFileSync(join(recipe, 'packages'), '');
  writeFileSync(join(recipe, 'sources.sh'), 'cp -r "$package/worker" "$dir/worker"\n');
  const files = Array.from({ length: FILES }, (_, i) => `part${i}.c`);
  for (const [i, file] of files.entries())
    writeFileSync(join(worker, file), `int part${i}(void) { return ${i}; }\n`);
  writeFileSync(join(worker, 'main.c'), '#include "gate.h"\nint main(void) { return 41; }\n');
  const wait = `while [ -e "${gate}" ]; do sleep 0.1; done; : > "$0"`;
  writeFileSync(
    join(worker, 'meson.build'),
    `project('stand-in', 'c')
gate = custom_target('gate', output: 'gate.h', command: ['sh', '-c', '''${wait}''', '@OUTPUT@'])
parts = static_library('parts', ${files.map((file) => `'${file}'`).join(', ')})
executable('mediasoup-worker', 'main.c', gate, link_with: parts)
`,
  );
}

interface Heard {
  steps: string[];
  done: number;
  total: number;
}

/** A build as a setup runs it. */
function build(name: string, signal?: AbortSignal) {
  const heard: Heard = { steps: [], done: 0, total: 0 };
  const report = {
    step: (text: string) => void heard.steps.push(text),
    progress: (done: number, total: number) => void Object.assign(heard, { done, total }),
  };
  const result = buildWorker({ ...optionsOf(name), report, signal });
  result.catch(() => undefined);
  return { heard, result };
}

function optionsOf(name: string): Omit<BuildOptions, 'report'> {
  const own = join(dir, name);
  mkdirSync(own, { recursive: true });
  const keptDir = join(dir, 'kept');
  return {
    packageDir: join(dir, 'package'),
    dir: own,
    keptDir,
    log: join(own, 'log'),
    recipe: join(dir, 'recipe'),
  };
}

/** Waits until everything has been compiled that can be before the gate opens. */
const reachesGate = (heard: () => number) => vi.waitFor(() => expect(heard()).toBe(BEFORE_GATE), PATIENCE);

describe.skipIf(!process.env.MESHLIFT_MESON)('a build of the worker that is interrupted', () => {
  it('goes on where it stopped, for another one that has waited, when its process is killed', async () => {
    const module = JSON.stringify(join(import.meta.dirname, 'build.ts'));
    const script = `const { buildWorker } = await import(${module});
      const report = { step: () => {}, progress: (done) => console.log(done) };
      await buildWorker({ ...JSON.parse(process.argv[1]), report });`;
    const child = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      script,
      JSON.stringify(optionsOf('first')),
    ]);
    onTestFinished(() => void child.kill('SIGKILL'));
    let done = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      done = Number(String(chunk).trim().split('\n').at(-1));
    });
    await reachesGate(() => done);

    const second = build('second');
    await vi.waitFor(
      () => expect(second.heard.steps).toContain('waiting for another build to end'),
      PATIENCE,
    );
    child.kill('SIGKILL');
    await vi.waitFor(() => expect(second.heard.steps).toContain('compiling'), PATIENCE);
    rmSync(gate);
    expect(startsHere(await second.result)).toBe(true);
    expect(second.heard.steps).not.toContain('preparing the sources');
    // The gate, the file that waited for it, and the program.
    expect(second.heard).toMatchObject({ done: 3, total: 3 });
    expect(existsSync(join(dir, 'kept'))).toBe(false);
  });

  it('begins anew after it has gone on and failed: a file may be broken', async () => {
    const stop = new AbortController();
    const first = build('first', stop.signal);
    await reachesGate(() => first.heard.done);
    stop.abort(new Error('told to stop'));
    await expect(first.result).rejects.toThrow('told to stop');

    rmSync(gate);
    writeFileSync(join(dir, 'kept', 'out', 'libparts.a'), 'broken');
    await expect(build('second').result).rejects.toThrow('compiling failed');
    expect(startsHere(await build('third').result)).toBe(true);
  });
});
