import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { mediasoupPackage } from './mediasoup-package.ts';
import { folderHash, recipeDir } from './recipe.ts';

/** The user's cache folder, shared by all checkouts. The setup's run.mjs has the same rule. */
export function cacheDir(env: NodeJS.ProcessEnv = process.env): string {
  return env.MESHLIFT_CACHE_DIR || join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'meshlift');
}

/**
 * Earlier recipes that build the very same worker as this one, and only go about it in another way: what they have
 * built is not built again. Whoever changes what is built empties this.
 */
const EQUAL_RECIPES = ['30855fa0b8e7'];

/** Where the worker for this mediasoup, recipe and machine is kept once it was obtained. */
export function cachedWorkerPath(recipeHash = folderHash(recipeDir)): string {
  const { version } = mediasoupPackage();
  const key = [version, process.platform, process.arch, distribution(), recipeHash].join('-');
  return join(cacheDir(), 'worker', key, 'mediasoup-worker');
}

/** Where such a worker may be, in the order of preference. */
export function cachedWorkerPaths(): string[] {
  return [cachedWorkerPath(), ...EQUAL_RECIPES.map(cachedWorkerPath)];
}

/**
 * The distribution's name and version, such as `debian12`: a worker linked to one's shared
 * libraries does not start on another. `any` where there is no os-release file.
 */
export function distribution(osRelease = '/etc/os-release'): string {
  let text: string;
  try {
    text = readFileSync(osRelease, 'utf8');
  } catch {
    return 'any';
  }
  const value = (key: string) => text.match(new RegExp(`^${key}="?([^"\\n]*)"?$`, 'm'))?.[1];
  return `${value('ID') ?? 'any'}${value('VERSION_ID') ?? value('VERSION_CODENAME') ?? ''}`;
}
