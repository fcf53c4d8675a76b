import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Context } from '../lib/context.ts';
import { onPath } from '../lib/on-path.ts';
import { SetupError } from '../lib/setup-error.ts';
import type { Step } from '../lib/step.ts';
import { unpackedProgram } from '../lib/unpacked.ts';

const PROGRAM = 'nats-server';
const OTHERWISE =
  'Install nats-server 2.9 or later, or set MESHLIFT_NATS_SERVER to its path. A server by itself needs none.';

/** A NATS server, for the tests of several servers: its value is the program's path. */
export function nats(context: Context): Step<string> {
  return unpackedProgram(context, {
    program: PROGRAM,
    title: 'getting a NATS server for the tests of several servers',
    folder: 'nats',
    versionArgs: ['-v'],
    find: (launcher) => {
      const chosen = process.env.MESHLIFT_NATS_SERVER;
      if (chosen) return assertStarts(chosen);
      const [installed] = onPath([PROGRAM], `${process.env.PATH}:/usr/sbin`);
      return installed ?? (existsSync(launcher) ? launcher : undefined);
    },
    unfound: `${PROGRAM} could not be unpacked from the distribution's package`,
    otherwise: OTHERWISE,
  });
}

function assertStarts(path: string): string {
  if (spawnSync(path, ['-v']).status === 0) return path;
  throw new SetupError(`MESHLIFT_NATS_SERVER names ${path}, which does not start`, OTHERWISE);
}
