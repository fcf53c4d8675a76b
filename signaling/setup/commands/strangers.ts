import { join } from 'node:path';
import { runCommand } from '../lib/command.ts';
import type { Context } from '../lib/context.ts';
import { prepare } from './prepare.ts';

/** How long the server it visits may take to stop, in milliseconds. */
const STOP_MS = 20_000;

/** Sends strangers to a server. Resolves with the exit status of `load-tests/strangers/run.ts`. */
export async function strangers(context: Context, args: string[]): Promise<number> {
  const { root, interrupt } = context;
  const { workerPath } = await prepare(context);
  process.env.MEDIASOUP_WORKER_BIN = workerPath;
  const command = [join(root, 'load-tests', 'strangers', 'run.ts'), ...args];
  return (
    (await runCommand(process.execPath, command, { cwd: root, signal: interrupt.signal, stopMs: STOP_MS })) ??
    1
  );
}
