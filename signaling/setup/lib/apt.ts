import { existsSync } from 'node:fs';
import { runCommand } from './command.ts';
import type { Context } from './context.ts';
import { SetupError } from './setup-error.ts';

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
