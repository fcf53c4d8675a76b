import { type SpawnOptions, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { Interrupted } from './interrupt.ts';
import { SetupError } from './setup-error.ts';

/** What a child that was told to stop is given where nothing else is said, in milliseconds. */
const STOP_MS = 10_000;

export interface CommandOptions {
  cwd: string;
  signal: AbortSignal;
  env?: NodeJS.ProcessEnv;
  /** Where all output goes; without it the output is shown. */
  log?: string;
  /** Whether an interrupted child is killed at once, because what it leaves is thrown away anyhow. */
  disposable?: boolean;
  /** How long a child that was told to stop may take, in milliseconds, before it is killed. */
  stopMs?: number | undefined;
  /** Called with the child's process number once it runs. */
  onStart?: (pid: number) => void;
}

/**
 * Runs a program to its end and resolves with its exit status, null when a signal ended it.
 * Rejects with a SetupError when it cannot be started, and with the signal's reason when it was
 * interrupted, after the child has ended.
 */
export async function runCommand(
  program: string,
  args: string[],
  options: CommandOptions,
): Promise<number | null> {
  const { signal, log } = options;
  signal.throwIfAborted();
  if (log) mkdirSync(dirname(log), { recursive: true });
  const output = log ? openSync(log, 'w') : undefined;
  const stdio: SpawnOptions['stdio'] = ['ignore', output ?? 'inherit', output ?? 'inherit'];
  const child = spawn(program, args, { cwd: options.cwd, env: options.env ?? process.env, stdio });
  if (output !== undefined) closeSync(output);
  let killer: NodeJS.Timeout | undefined;
  const stop = () => {
    if (options.disposable) {
      child.kill('SIGKILL');
      return;
    }
    const name = signal.reason instanceof Interrupted ? signal.reason.signal : 'SIGTERM';
    // A terminal has sent its Ctrl-C to the child as well, and some count them.
    const knows = name === 'SIGINT' && (process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY);
    if (!knows) child.kill(name);
    killer = setTimeout(() => child.kill('SIGKILL'), options.stopMs ?? STOP_MS);
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (child.pid) options.onStart?.(child.pid);
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once('error', (error: NodeJS.ErrnoException) => {
        const why = error.code === 'ENOENT' ? 'it is not on PATH' : error.message;
        reject(
          new SetupError(`${program} cannot be started: ${why}`, `Install ${program} and run this again.`),
        );
      });
      child.once('close', resolve);
    });
    signal.throwIfAborted();
    return status;
  } finally {
    clearTimeout(killer);
    signal.removeEventListener('abort', stop);
  }
}
