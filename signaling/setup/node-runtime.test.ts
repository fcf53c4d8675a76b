import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const MODULE = JSON.stringify(join(import.meta.dirname, 'node-runtime.mjs'));

/** Runs a line of plain JavaScript beside the module, as run.mjs is run. */
const script = (code: string) => ['--input-type=module', '-e', `import * as runtime from ${MODULE};${code}`];

describe('runsTypeScript', () => {
  it('holds for the lines that strip types without being asked', () => {
    const versions = ['v20.19.0', 'v22.17.9', 'v22.18.0', 'v22.30.1', 'v23.9.0', 'v24.0.0', 'v26.1.0'];
    const code = `console.log(JSON.stringify(${JSON.stringify(versions)}.map(runtime.runsTypeScript)))`;
    const answer = execFileSync(process.execPath, script(code), { encoding: 'utf8' });
    expect(JSON.parse(answer)).toEqual([false, false, true, true, false, true, true]);
  });
});

describe('obtainNode', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'meshlift-node-'));
    mkdirSync(join(dir, 'bin'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  /** Obtains a Node into an empty cache with a shell script in the place of npm. */
  function obtainWith(npm: string) {
    writeFileSync(join(dir, 'bin', 'npm'), `#!/bin/sh\n${npm}\n`);
    chmodSync(join(dir, 'bin', 'npm'), 0o755);
    const code = `console.log(await runtime.obtainNode(${JSON.stringify(join(dir, 'cache'))}))`;
    const env = { ...process.env, PATH: `${join(dir, 'bin')}:${process.env.PATH}` };
    return spawnSync(process.execPath, script(code), { env, encoding: 'utf8' });
  }

  it('puts what npm installed in its place, and asks npm only once', () => {
    const name = `node-${process.platform}-${process.arch}`;
    const install = `mkdir -p node_modules/${name}/bin && : > node_modules/${name}/bin/node && echo x >> "${dir}/asked"`;
    const first = obtainWith(install).stdout.trimEnd().split('\n').at(-1);
    expect(first).toMatch(/cache\/node\/[\d.]+-.*\/bin\/node$/);
    expect(obtainWith('exit 1').stdout.trimEnd()).toBe(first);
    expect(readdirSync(join(dir, 'cache', 'node'))).toHaveLength(1);
  });

  it("shows npm's words when it fails, and leaves nothing behind", () => {
    const { stderr, status } = obtainWith('echo no route to the registry >&2; exit 9');
    expect(status).toBe(1);
    expect(stderr).toContain('no route to the registry');
    expect(stderr).toContain('Install Node 22.18 or later');
    expect(readdirSync(join(dir, 'cache', 'node'))).toEqual([]);
  });
});
