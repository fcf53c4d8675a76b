import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './command.ts';
import type { Context } from './context.ts';
import { SetupError } from './setup-error.ts';
import type { Step } from './step.ts';

export interface AptRequest {
  /** The distribution's names. */
  packages: string[];
  /** What to do where there is no apt-get, or the packages are of no use. */
  otherwise: string;
  log: string;
}

/** Installs packages of the distribution. Without root it stops and names the command to run. */
export async function aptInstall(
  { root, interrupt }: Context,
  { packages, otherwise, log }: AptRequest,
): Promise<void> {
  if (!existsSync('/usr/bin/apt-get')) {
    throw new SetupError(`there is no apt-get to install ${packages.join(', ')} with`, otherwise);
  }
  const install = ['install', '-y', '--no-install-recommends', ...packages];
  const command = `sudo apt-get update && sudo apt-get ${install.join(' ')}`;
  if (process.getuid?.() !== 0) {
    throw new SetupError(`installing ${packages.join(', ')} needs root`, `Run: ${command}\nOr: ${otherwise}`);
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { cwd: root, signal: interrupt.signal, env, log };
  const quiet = ['-qq', '-o', 'DPkg::Lock::Timeout=600', '-o', 'Dpkg::Use-Pty=0'];
  // An earlier run that was interrupted may have left packages unpacked and not set up.
  await runCommand('dpkg', ['--configure', '-a'], options);
  for (const args of [['update'], install]) {
    const status = await runCommand('apt-get', [...quiet, ...args], options);
    if (status !== 0) throw new SetupError(`apt-get ${args[0]} ended with status ${status}`, otherwise, log);
  }
}

/** Something that the distribution has, and what is to be found once it is there. */
export interface AptTool {
  /** One word. */
  name: string;
  /** What getting it is, for people. */
  title: string;
  packages: string[];
  /** What to do where there is no apt-get, or the packages are of no use. */
  otherwise: string;
  /** Its path, or undefined where there is none that serves. Quick and without effects. */
  find(): string | undefined;
  /** What is wrong when it was installed and is not found even so. */
  unfound: string;
  /** What is to be done once it is installed. */
  afterwards?(): Promise<void>;
}

/** The step that gets such a thing unless it is there: its value is the path. */
export function aptTool(context: Context, tool: AptTool): Step<string> {
  const { name, title, packages, otherwise, find, unfound, afterwards } = tool;
  return {
    name,
    title,
    lock: name,
    check: find,
    work: async () => {
      const log = join(context.cache, 'logs', `${name}-apt.log`);
      await aptInstall(context, { packages, otherwise, log });
      await afterwards?.();
      const installed = find();
      if (installed) return installed;
      throw new SetupError(unfound, otherwise, log);
    },
  };
}
