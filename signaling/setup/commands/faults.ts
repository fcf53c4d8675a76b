import { join } from 'node:path';
import { runCommand } from '../lib/command.ts';
import type { Context } from '../lib/context.ts';
import { runStep } from '../lib/step.ts';
import { browser } from '../steps/browser.ts';
import { nats } from '../steps/nats.ts';
import { prepare } from './prepare.ts';

/** How long the servers that it breaks may take to stop, in milliseconds. */
const STOP_MS = 20_000;

/** Lets clusters break. Resolves with the exit status of `load-tests/faults/run.ts`. */
export async function faults(context: Context, args: string[]): Promise<number> {
  const { root, interrupt } = context;
  const { workerPath } = await prepare(context);
  process.env.MEDIASOUP_WORKER_BIN = workerPath;
  // The clip that publishers send is encoded by it, once.
  process.env.MESHLIFT_CHROMIUM = await runStep(context, browser(context));
  process.env.MESHLIFT_NATS_SERVER = await runStep(context, nats(context));
  const command = [join(root, 'load-tests', 'faults', 'run.ts'), ...args];
  const options = { cwd: root, signal: interrupt.signal, stopMs: STOP_MS };
  return (await runCommand(process.execPath, command, options)) ?? 1;
}
