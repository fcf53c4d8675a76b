import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findWorkerIn } from './find-worker.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'meshlift-find-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** A stand-in for a worker: a program that ends with this status. */
function program(name: string, status: number): string {
  const path = join(dir, name);
  writeFileSync(path, `#!/bin/sh\nexit ${status}\n`);
  chmodSync(path, 0o755);
  return path;
}

describe('findWorkerIn', () => {
  it('prefers the chosen one to the cached one, and that to the packaged one', () => {
    const chosen = program('chosen', 41);
    const cached = program('cached', 41);
    const packaged = program('packaged', 41);
    expect(findWorkerIn({ chosen, cached: [cached], packaged })).toBe(chosen);
    expect(findWorkerIn({ chosen: undefined, cached: [cached], packaged })).toBe(cached);
    expect(findWorkerIn({ chosen: '', cached: [join(dir, 'none')], packaged })).toBe(packaged);
  });

  it('passes over what does not start here', () => {
    const packaged = program('packaged', 41);
    expect(findWorkerIn({ chosen: undefined, cached: [program('foreign', 127)], packaged })).toBe(packaged);
  });

  it('finds nothing where there is nothing', () => {
    const none = join(dir, 'none');
    expect(findWorkerIn({ chosen: undefined, cached: [none], packaged: none })).toBeUndefined();
  });

  it('complains about a chosen one that does not start, whatever else there is', () => {
    const cached = program('cached', 41);
    const places = { chosen: join(dir, 'typo'), cached: [cached], packaged: cached };
    expect(() => findWorkerIn(places)).toThrow(/MEDIASOUP_WORKER_BIN.*typo/);
    expect(() => findWorkerIn({ ...places, chosen: program('broken', 1) })).toThrow(/does not start/);
  });

  it('passes the chosen worker nothing of the environment, as mediasoup does when it checks one', () => {
    const path = join(dir, 'asks');
    writeFileSync(path, '#!/bin/sh\n[ -z "$HOME" ] && exit 41\nexit 1\n');
    chmodSync(path, 0o755);
    expect(findWorkerIn({ chosen: path, cached: [path], packaged: path })).toBe(path);
  });
});
