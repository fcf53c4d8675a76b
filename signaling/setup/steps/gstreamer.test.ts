import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPython } from './gstreamer.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'meshlift-gstreamer-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** Stands in for a Python that is given the script that checks, and finds this to be missing. */
function python(name: string, ...missing: string[]): string {
  const path = join(dir, name);
  const lines = missing.map((part) => `echo '${part}'`);
  writeFileSync(path, ['#!/bin/sh', ...lines, `[ "$1" = check.py ] && exit ${missing.length}`].join('\n'));
  chmodSync(path, 0o755);
  return path;
}

const find = (chosen: string | undefined, others: string[]) => findPython(chosen, others, 'check.py');

describe('findPython', () => {
  it('takes the first that has everything', () => {
    const good = python('good');
    expect(find(undefined, [join(dir, 'none'), python('bare', 'webrtcbin'), good])).toBe(good);
    expect(find(undefined, [join(dir, 'none'), python('bare', 'webrtcbin')])).toBeUndefined();
  });

  it('takes the chosen one only, or says what it lacks', () => {
    const chosen = python('chosen');
    expect(find(chosen, [python('other')])).toBe(chosen);
    const bare = python('bare', 'webrtcbin', 'nicesrc');
    expect(() => find(bare, [chosen])).toThrow(/MESHLIFT_PYTHON.*bare, which lacks webrtcbin, nicesrc/);
    expect(() => find(join(dir, 'typo'), [chosen])).toThrow(/MESHLIFT_PYTHON.*typo/);
  });
});
