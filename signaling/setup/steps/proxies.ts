import { existsSync } from 'node:fs';
import type { Context } from '../lib/context.ts';
import { onPath } from '../lib/on-path.ts';
import type { Step } from '../lib/step.ts';
import { unpackedProgram } from '../lib/unpacked.ts';

/** The proxies whose lines README tells, by their names there; programs and packages are called the same. */
export const PROXIES = [
  { name: 'nginx', program: 'nginx', variable: 'MESHLIFT_NGINX' },
  { name: 'HAProxy', program: 'haproxy', variable: 'MESHLIFT_HAPROXY' },
  { name: 'Caddy', program: 'caddy', variable: 'MESHLIFT_CADDY' },
] as const;

/** A proxy, for the tests of README's lines: its value is the program's path. */
export function proxy(context: Context, { name, program }: (typeof PROXIES)[number]): Step<string> {
  return unpackedProgram(context, {
    program,
    title: `getting ${name} for the tests behind it`,
    folder: 'proxies',
    versionArgs: [program === 'caddy' ? 'version' : '-v'],
    find: (launcher) => {
      if (onPath(['openssl']).length === 0) return undefined;
      const [installed] = onPath([program], `${process.env.PATH}:/usr/sbin`);
      return installed ?? (existsSync(launcher) ? launcher : undefined);
    },
    unfound: `${name} could not be unpacked, or openssl is missing`,
    otherwise: `Install ${name} and openssl.`,
  });
}
