import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { machineSchema } from '../result.ts';
import { commitOf, machineFacts } from './machine-facts.ts';

describe('machineFacts', () => {
  it('are what a result holds', () => expect(machineSchema.parse(machineFacts())).toEqual(machineFacts()));
});

describe('commitOf', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'meshlift-commit-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('is the short hash, with a plus when something was changed that a run does not write itself', () => {
    expect(commitOf(root)).toBe('unknown');
    const who = ['-c', 'user.name=A', '-c', 'user.email=a@example.org'];
    const git = (...args: string[]) => execFileSync('git', [...who, ...args], { cwd: root, stdio: 'pipe' });
    git('init');
    git('commit', '--allow-empty', '-m', 'Begin');
    const commit = commitOf(root);
    expect(commit).toMatch(/^[0-9a-f]{7,}$/);
    mkdirSync(join(root, 'load-tests', 'reference'), { recursive: true });
    writeFileSync(join(root, 'load-tests', 'reference', 'fan-out.json'), '{}');
    writeFileSync(join(root, 'load-tests', 'README.md'), '');
    expect(commitOf(root)).toBe(commit);
    writeFileSync(join(root, 'load-tests', 'run.ts'), '');
    expect(commitOf(root)).toBe(`${commit}+`);
  });
});
