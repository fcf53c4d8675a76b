import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cacheDir } from '@meshlift/worker';

const execute = promisify(execFile);

const SOURCE = fileURLToPath(new URL('floor.c', import.meta.url));
const FLAGS = ['-O2', '-Wall', '-Wextra', '-Werror'];

/** Whether there is a compiler; that it has the headers shows when it is asked. */
export const hasCompiler = () => spawnSync('cc', ['--version'], { stdio: 'ignore' }).status === 0;

/**
 * The floor's program, compiled when it is first asked for, and again after a change.
 *
 * @returns its path
 * @throws Error with what the compiler said
 */
export async function compileFloor(): Promise<string> {
  const hash = createHash('sha256').update(readFileSync(SOURCE)).update(FLAGS.join(' '));
  const key = `${process.platform}-${process.arch}-${hash.digest('hex').slice(0, 16)}`;
  const program = join(cacheDir(), 'floor', key, 'floor');
  if (existsSync(program)) return program;
  mkdirSync(dirname(program), { recursive: true });
  // Under its name only when it is whole: somebody else may be at it.
  const unfinished = `${program}.${process.pid}`;
  try {
    await execute('cc', [...FLAGS, '-o', unfinished, SOURCE, '-lcrypto']);
  } catch (error) {
    const message =
      'The floor cannot be compiled; it needs cc and the headers of OpenSSL: apt-get install gcc libc6-dev libssl-dev';
    throw new Error(message, { cause: error });
  }
  renameSync(unfinished, program);
  return program;
}
