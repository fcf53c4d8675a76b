import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onPath } from '../lib/on-path.ts';
import { findBrowser } from './browser.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'meshlift-browser-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

function program(name: string, status: number, mode = 0o755): string {
  const path = join(dir, name);
  writeFileSync(path, `#!/bin/sh\nexit ${status}\n`);
  chmodSync(path, mode);
  return path;
}

const find = (chosen: string, others: string[]) =>
  findBrowser({ variable: 'MESHLIFT_CHROMIUM', chosen, others });

describe('findBrowser', () => {
  it('takes the first that starts', () => {
    const good = program('good', 0);
    expect(find('', [join(dir, 'none'), program('no-libraries', 127), good])).toBe(good);
    expect(find('', [join(dir, 'none')])).toBeUndefined();
  });

  it('takes the chosen one only, or complains', () => {
    const chosen = program('chosen', 0);
    const other = program('other', 0);
    expect(find(chosen, [other])).toBe(chosen);
    expect(() => find(join(dir, 'typo'), [other])).toThrow(/MESHLIFT_CHROMIUM.*typo/);
  });
});

describe('onPath', () => {
  it('keeps the order of the names and leaves out what is no program', () => {
    const chromium = program('chromium', 0);
    const chrome = program('google-chrome', 0);
    program('plain-text', 0, 0o644);
    const path = [join(dir, 'nowhere'), dir].join(delimiter);
    expect(onPath(['google-chrome', 'plain-text', 'missing', 'chromium'], path)).toEqual([chrome, chromium]);
  });
});
