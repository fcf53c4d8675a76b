import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../lib/command.ts';
import type { Context } from '../lib/context.ts';
import { onPath } from '../lib/on-path.ts';
import { SetupError } from '../lib/setup-error.ts';
import type { Step } from '../lib/step.ts';

/** The proxies whose lines README tells, by their names there; programs and packages are called the same. */
export const PROXIES = [
  { name: 'nginx', program: 'nginx', variable: 'MESHLIFT_NGINX' },
  { name: 'HAProxy', program: 'haproxy', variable: 'MESHLIFT_HAPROXY' },
  { name: 'Caddy', program: 'caddy', variable: 'MESHLIFT_CADDY' },
] as const;

/**
 * A proxy, for the tests of README's lines: its value is the program's path. One that is not there is unpacked and not
 * installed: installing it would start it, on the ports of the web.
 */
export function proxy(context: Context, { name, program }: (typeof PROXIES)[number]): Step<string> {
  const folder = join(context.cache, 'proxies', program);
  const launcher = join(folder, program);
  const find = () => {
    if (onPath(['openssl']).length === 0) return undefined;
    const [installed] = onPath([program], `${process.env.PATH}:/usr/sbin`);
    return installed ?? (existsSync(launcher) ? launcher : undefined);
  };
  return {
    name: program,
    title: `getting ${name} for the tests behind it`,
    lock: program,
    check: find,
    work: async () => {
      const log = join(context.cache, 'logs', `${program}-apt.log`);
      const otherwise = `Install ${name} and openssl.`;
      if (!(await unpack(context, { program, folder, launcher, log })) || !find()) {
        throw new SetupError(`${name} could not be unpacked, or openssl is missing`, otherwise, log);
      }
      return launcher;
    },
  };
}

interface Unpacking {
  program: string;
  folder: string;
  launcher: string;
  log: string;
}

/** Downloads the package with what it needs and is missing here. @returns whether the program starts */
async function unpack(
  { root, interrupt }: Context,
  { program, folder, launcher, log }: Unpacking,
): Promise<boolean> {
  if (!existsSync('/usr/bin/apt-get')) return false;
  rmSync(folder, { recursive: true, force: true });
  const archives = join(folder, 'archives');
  mkdirSync(join(archives, 'partial'), { recursive: true });
  const run = (command: string, args: string[]) =>
    runCommand(command, args, { cwd: root, signal: interrupt.signal, log });
  if (process.getuid?.() === 0) await run('apt-get', ['-qq', 'update']);
  const settings = ['Debug::NoLocking=1', `Dir::Cache::archives=${archives}`, 'APT::Sandbox::User=root'];
  const options = settings.flatMap((setting) => ['-o', setting]);
  const download = [
    '-qq',
    '-y',
    '--no-install-recommends',
    '--download-only',
    ...options,
    'install',
    program,
  ];
  if ((await run('apt-get', download)) !== 0) return false;
  const files = readdirSync(archives).filter((file) => file.endsWith('.deb'));
  for (const file of files) {
    if ((await run('dpkg-deb', ['-x', join(archives, file), join(folder, 'root')])) !== 0) return false;
  }
  rmSync(archives, { recursive: true });
  const find = `find '${folder}/root' -name '${program}' -path '*bin/*' -type f`;
  const libraries = `find '${folder}/root' -name '*.so*' -printf '%h\\n' | sort -u | paste -sd:`;
  writeFileSync(launcher, `#!/bin/sh\nLD_LIBRARY_PATH=$(${libraries}) exec "$(${find} | head -n 1)" "$@"\n`);
  chmodSync(launcher, 0o755);
  const starts = (await run(launcher, [program === 'caddy' ? 'version' : '-v'])) === 0;
  if (!starts) rmSync(launcher);
  return starts;
}
