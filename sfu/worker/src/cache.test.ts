import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheDir, cachedWorkerPath, cachedWorkerPaths, distribution } from './cache.ts';
import { mediasoupPackage } from './mediasoup-package.ts';
import { folderHash, recipeDir } from './recipe.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'meshlift-cache-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

describe('cacheDir', () => {
  it('is the one that was set, else below the cache home', () => {
    expect(cacheDir({ MESHLIFT_CACHE_DIR: '/set', XDG_CACHE_HOME: '/xdg' })).toBe('/set');
    expect(cacheDir({ XDG_CACHE_HOME: '/xdg' })).toBe('/xdg/meshlift');
    expect(cacheDir({})).toMatch(/\.cache\/meshlift$/);
  });
});

describe('cachedWorkerPath', () => {
  it('names the version and the platform, so that another does not get this worker', () => {
    const path = cachedWorkerPath();
    expect(path).toContain(`${mediasoupPackage().version}-${process.platform}-${process.arch}-`);
    expect(path).toContain(distribution());
  });

  it('is preferred to what an earlier recipe has built that builds the same', () => {
    const [path, ...earlier] = cachedWorkerPaths();
    expect(path).toBe(cachedWorkerPath());
    expect(
      earlier.map((other) => other.replace(/[^-]+(?=\/mediasoup-worker$)/, folderHash(recipeDir))),
    ).toEqual(earlier.map(() => path));
  });
});

describe('distribution', () => {
  it('reads the name and the version, quoted or not', () => {
    const file = join(dir, 'os-release');
    writeFileSync(file, 'PRETTY_NAME="Some OS"\nVERSION_ID="24.04"\nID=some\n');
    expect(distribution(file)).toBe('some24.04');
  });

  it('takes the code name of one without a version, and works without the file', () => {
    const file = join(dir, 'os-release');
    writeFileSync(file, 'ID=some\nVERSION_CODENAME=next\n');
    expect(distribution(file)).toBe('somenext');
    expect(distribution(join(dir, 'none'))).toBe('any');
  });
});

describe('folderHash', () => {
  it('changes with a content, a name or a place, and with nothing else', () => {
    const write = (name: string, text: string) => {
      mkdirSync(join(dir, 'sub'), { recursive: true });
      writeFileSync(join(dir, name), text);
    };
    write('a', '1');
    write('sub/b', '2');
    const hash = folderHash(dir);
    write('a', '1');
    expect(folderHash(dir)).toBe(hash);
    write('a', '3');
    expect(folderHash(dir)).not.toBe(hash);
    write('a', '1');
    rmSync(join(dir, 'sub/b'));
    write('b', '2');
    expect(folderHash(dir)).not.toBe(hash);
  });
});
