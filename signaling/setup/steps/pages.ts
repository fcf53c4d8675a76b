import { join } from 'node:path';
import { runCommand } from '../lib/command.ts';
import type { Context } from '../lib/context.ts';
import { SetupError } from '../lib/setup-error.ts';
import { filesBelow, hashFiles, isStamped, removeStamp, writeStamp } from '../lib/stamp.ts';
import type { Step } from '../lib/step.ts';
import { checkoutLock } from './packages.ts';

/** Folders and files of the plugin that its pages are not made of. */
const NOT_INPUT = /^(dist|e2e|node_modules|test-results|playwright-report|.*\.test\.ts|.*\.md)$/;

/** The browser's part: client-plugin/dist, built when one of its sources changed. */
export function pages({ root, cache, interrupt }: Context): Step<true> {
  const stamp = join(root, 'client-plugin', 'dist', '.built');
  return {
    name: 'pages',
    title: "building the browser's part",
    lock: checkoutLock(root),
    check: () => (isStamped(stamp, pagesHash(root)) ? true : undefined),
    work: async (_report, lock) => {
      const log = join(cache, 'logs', 'pages.log');
      // Taken before the build: what changes while it runs has to be built again.
      const hash = pagesHash(root);
      removeStamp(stamp);
      const script = join('client-plugin', 'build.ts');
      const options = { cwd: root, signal: interrupt.signal, log, onStart: lock.share };
      const status = await runCommand(process.execPath, [script], options);
      if (status !== 0) {
        throw new SetupError(
          `${script} ended with status ${status}`,
          'Mend what the log names and run this again.',
          log,
        );
      }
      writeStamp(stamp, hash);
      return true;
    },
  };
}

/** A hash of all that the pages are built from, the packages' versions included. */
export function pagesHash(root: string): string {
  return hashFiles(root, [
    ...filesBelow(join(root, 'client-plugin'), (name) => NOT_INPUT.test(name)),
    ...filesBelow(join(root, 'signaling', 'protocol', 'src'), (name) => NOT_INPUT.test(name)),
    join(root, 'package-lock.json'),
  ]);
}
