import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../lib/command.ts';
import type { Context } from '../lib/context.ts';
import { firstMissing, type Lockfile, requiredPackages, workspaceLinks } from '../lib/lockfile.ts';
import { SetupError } from '../lib/setup-error.ts';
import type { Step } from '../lib/step.ts';

/**
 * The npm packages that package-lock.json names. Whether this or a person's own `npm install`
 * brought them makes no difference.
 */
export function packages({ root, cache, interrupt }: Context): Step<true> {
  return {
    name: 'packages',
    title: 'installing the npm packages',
    lock: checkoutLock(root),
    check: () => (packagesAreInstalled(root) ? true : undefined),
    work: async (_report, lock) => {
      const log = join(cache, 'logs', 'packages.log');
      // What an interrupted installation left may be half a package that npm takes for a whole one.
      // Its record goes first, so that this removal can be interrupted too.
      const modules = join(root, 'node_modules');
      await rm(join(modules, '.package-lock.json'), { force: true });
      await rm(modules, { recursive: true, force: true });
      // Not `npm ci`: it refuses a lockfile without the optional packages of every other platform,
      // which one written behind a registry mirror lacks. This installs the locked versions too,
      // which is checked below, and leaves the lockfile as it is.
      const status = await runCommand('npm', ['install', '--no-save', '--no-audit', '--no-fund'], {
        cwd: root,
        signal: interrupt.signal,
        log,
        // Asked to stop, npm would take seconds to tidy up what the next run removes.
        disposable: true,
        onStart: lock.share,
      });
      const reach = 'See that npm reaches its registry (`npm ping`) and run this again.';
      if (status !== 0) throw new SetupError(`npm install ended with status ${status}`, reach, log);
      if (packagesAreInstalled(root)) return true;
      const what = 'npm installed other versions than package-lock.json names';
      throw new SetupError(what, 'Bring the lockfile up to date with package.json: npm install', log);
    },
  };
}

/** Names the lock of what is done inside one checkout. */
export function checkoutLock(root: string): string {
  return `checkout-${createHash('sha256').update(root).digest('hex').slice(0, 12)}`;
}

/**
 * Whether node_modules holds what the lockfile names. npm writes its own record of it last, so an
 * installation that was interrupted has none.
 */
export function packagesAreInstalled(root: string): boolean {
  const wanted = read(join(root, 'package-lock.json'));
  if (!wanted)
    throw new SetupError(
      'package-lock.json is missing or damaged',
      'Get it back: git checkout package-lock.json',
    );
  const installed = read(join(root, 'node_modules', '.package-lock.json'));
  if (!installed || firstMissing(wanted, installed)) return false;
  // The record may outlive what it tells of.
  return (
    requiredPackages(wanted).every(([path]) => existsSync(join(root, path, 'package.json'))) &&
    workspaceLinks(wanted).every(([path, folder]) => leadsTo(join(root, path), join(root, folder)))
  );
}

function leadsTo(link: string, folder: string): boolean {
  try {
    return realpathSync(link) === realpathSync(folder);
  } catch {
    return false;
  }
}

function read(file: string): Lockfile | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Lockfile;
  } catch {
    return undefined;
  }
}
