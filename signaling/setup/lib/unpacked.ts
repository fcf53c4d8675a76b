import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './command.ts';
import type { Context } from './context.ts';
import { SetupError } from './setup-error.ts';
import type { Step } from './step.ts';

/** A program of the distribution that is unpacked and not installed: installing it would start it as a service. */
export interface UnpackedProgram {
  /** The program and its package. */
  program: string;
  /** What getting it is, for people. */
  title: string;
  /** Below the cache, where it is unpacked to. */
  folder: string;
  /** With these it starts, and ends at once with status 0. */
  versionArgs: string[];
  /** Its path, if it is there already or has been unpacked to `launcher`. Quick and without effects. */
  find(launcher: string): string | undefined;
  /** What is wrong when it could not be got. */
  unfound: string;
  /** What to do then. */
  otherwise: string;
}

/** The step that gets such a program unless it is there: its value is the path. It needs no root. */
export function unpackedProgram(context: Context, wanted: UnpackedProgram): Step<string> {
  const { program, title, find, unfound, otherwise } = wanted;
  const folder = join(context.cache, wanted.folder, program);
  const launcher = join(folder, program);
  const found = () => find(launcher);
  return {
    name: program,
    title,
    lock: program,
    check: found,
    work: async () => {
      const log = join(context.cache, 'logs', `${program}-apt.log`);
      const unpacking = { program, folder, launcher, log, versionArgs: wanted.versionArgs };
      const path = (await unpack(context, unpacking)) ? found() : undefined;
      if (path === undefined) throw new SetupError(unfound, otherwise, log);
      return path;
    },
  };
}

interface Unpacking {
  program: string;
  folder: string;
  launcher: string;
  log: string;
  versionArgs: string[];
}

/** Downloads the package with what it needs and is missing here. @returns whether the program starts */
async function unpack(
  { root, interrupt }: Context,
  { program, folder, launcher, log, versionArgs }: Unpacking,
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
  const starts = (await run(launcher, versionArgs)) === 0;
  if (!starts) rmSync(launcher);
  return starts;
}
