import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Which Meshlift this is. */
export interface Version {
  version: string;
  /** The commit it was checked out at, where that is known. */
  revision?: string;
}

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Reads it anew: a few milliseconds. */
export function readVersion(): Version {
  const { version } = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8')) as { version: string };
  const revision = git('rev-parse', '--short=12', 'HEAD');
  // What a checkout is a part of may be another project's.
  const isOwn = git('rev-parse', '--show-prefix') === '';
  return { version, ...(revision && isOwn ? { revision } : {}) };
}

function git(...args: string[]): string | undefined {
  try {
    return execFileSync('git', ['-C', ROOT, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}
