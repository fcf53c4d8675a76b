import { join } from 'node:path';
import { aptTool } from '../lib/apt.ts';
import { runCommand } from '../lib/command.ts';
import type { Context } from '../lib/context.ts';
import { onPath } from '../lib/on-path.ts';
import type { Step } from '../lib/step.ts';

/** The package starts a server for everybody, which nobody has asked for and which would use up the machine. */
const NO_SERVICE = [
  ['service', 'janus', 'stop'],
  ['update-rc.d', 'janus', 'disable'],
] as const;

/** Janus, for the load tests to compare with: its value is the program's path. */
export function janus(context: Context): Step<string> {
  return aptTool(context, {
    name: 'janus',
    title: 'getting Janus to compare with',
    packages: ['janus'],
    otherwise:
      "Install your distribution's package of Janus 1.1 or later, or leave the comparison with it out.",
    find: () => onPath(['janus'])[0],
    unfound: 'the installed package has no program called janus',
    afterwards: () => startNoService(context),
  });
}

/** One that does not run cannot be stopped, which is as well; where there are no services there is no program. */
async function startNoService({ root, cache, interrupt }: Context): Promise<void> {
  const log = join(cache, 'logs', 'janus-service.log');
  for (const [program, ...args] of NO_SERVICE) {
    if (onPath([program]).length > 0)
      await runCommand(program, args, { cwd: root, signal: interrupt.signal, log });
  }
}
