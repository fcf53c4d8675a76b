import { join } from 'node:path';
import { aptInstall } from '../lib/apt.ts';
import { runCommand } from '../lib/command.ts';
import type { Context } from '../lib/context.ts';
import { onPath } from '../lib/on-path.ts';
import { SetupError } from '../lib/setup-error.ts';
import type { Step } from '../lib/step.ts';

const OTHERWISE =
  "Install your distribution's package of Janus 1.1 or later, or leave the comparison with it out.";

/** The package starts a server for everybody, which nobody has asked for and which would use up the machine. */
const NO_SERVICE = [
  ['service', 'janus', 'stop'],
  ['update-rc.d', 'janus', 'disable'],
] as const;

/** Janus, for the load tests to compare with: its value is the program's path. */
export function janus(context: Context): Step<string> {
  const find = () => onPath(['janus'])[0];
  return {
    name: 'janus',
    title: 'getting Janus to compare with',
    lock: 'janus',
    check: find,
    work: async () => {
      const log = join(context.cache, 'logs', 'janus-apt.log');
      await aptInstall(context, { packages: ['janus'], otherwise: OTHERWISE, log });
      // One that does not run cannot be stopped, which is as well; where there are no services there is no program.
      for (const [program, ...args] of NO_SERVICE) {
        if (onPath([program]).length === 0) continue;
        const options = { cwd: context.root, signal: context.interrupt.signal };
        await runCommand(program, args, {
          ...options,
          log: join(context.cache, 'logs', 'janus-service.log'),
        });
      }
      const installed = find();
      if (installed) return installed;
      throw new SetupError('the installed package has no program called janus', OTHERWISE, log);
    },
  };
}
