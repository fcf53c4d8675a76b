import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packagesAreInstalled } from './packages.ts';

let root: string;
const write = (path: string, content: unknown) => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), JSON.stringify(content));
};

/** A checkout in which npm has installed one package and one workspace. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'meshlift-packages-'));
  const packages = {
    'node_modules/ms': { version: '2.0.0' },
    'node_modules/@meshlift/sfu': { resolved: 'sfu', link: true },
  };
  write('package-lock.json', { packages });
  write('node_modules/.package-lock.json', { packages });
  write('node_modules/ms/package.json', {});
  mkdirSync(join(root, 'node_modules/@meshlift'));
  mkdirSync(join(root, 'sfu'));
  symlinkSync('../../sfu', join(root, 'node_modules/@meshlift/sfu'));
});
afterEach(() => rmSync(root, { recursive: true }));

describe('packagesAreInstalled', () => {
  it('is true of a finished installation', () => expect(packagesAreInstalled(root)).toBe(true));

  it("is false without npm's record, which an interrupted one lacks", () => {
    rmSync(join(root, 'node_modules/.package-lock.json'));
    expect(packagesAreInstalled(root)).toBe(false);
  });

  it('is false when a recorded package is gone', () => {
    rmSync(join(root, 'node_modules/ms'), { recursive: true });
    expect(packagesAreInstalled(root)).toBe(false);
  });

  it('is false when the lockfile wants another version', () => {
    write('package-lock.json', { packages: { 'node_modules/ms': { version: '2.1.0' } } });
    expect(packagesAreInstalled(root)).toBe(false);
  });

  it("is false when a workspace's link is missing, or leads to another checkout", () => {
    const link = join(root, 'node_modules/@meshlift/sfu');
    rmSync(link);
    expect(packagesAreInstalled(root)).toBe(false);
    symlinkSync(tmpdir(), link);
    expect(packagesAreInstalled(root)).toBe(false);
  });

  it('complains about a missing lockfile, which an installation would not bring back', () => {
    rmSync(join(root, 'package-lock.json'));
    expect(() => packagesAreInstalled(root)).toThrow('package-lock.json is missing');
  });
});
