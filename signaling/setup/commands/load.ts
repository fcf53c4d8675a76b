import { join } from 'node:path';
import { runCommand } from '../lib/command.ts';
import type { Context } from '../lib/context.ts';
import { Interrupted } from '../lib/interrupt.ts';
import { describe, SetupError } from '../lib/setup-error.ts';
import { runStep } from '../lib/step.ts';
import { browser } from '../steps/browser.ts';
import { compiler } from '../steps/compiler.ts';
import { janus } from '../steps/janus.ts';
import { nats } from '../steps/nats.ts';
import { packages } from '../steps/packages.ts';
import { prepare } from './prepare.ts';

/** How long a scenario may take to stop all that it has started, in milliseconds. */
const STOP_MS = 60_000;

/**
 * Becomes the command of the load tests. That comes with the packages, and gets the rest itself by `prepareLoad`
 * once it knows that it was asked for something it can do. Resolves with its exit status.
 */
export async function load(context: Context, args: string[]): Promise<number> {
  const { root, interrupt } = context;
  await runStep(context, packages(context));
  const command = join(root, 'load-tests', 'run.ts');
  try {
    const options = { cwd: root, signal: interrupt.signal, stopMs: STOP_MS };
    return (await runCommand(process.execPath, [command, ...args], options)) ?? 1;
  } catch (error) {
    // It has said so itself.
    if (error instanceof Interrupted) return error.status;
    throw error;
  }
}

/** What the load tests need. Their processes find it in the environment, as the tests do. */
export async function prepareLoad(context: Context): Promise<void> {
  const { workerPath } = await prepare(context);
  process.env.MEDIASOUP_WORKER_BIN = workerPath;
  process.env.MESHLIFT_CHROMIUM = await runStep(context, browser(context));
  await prepareCluster(context);
  await prepareComparison(context);
}

/** Who cannot get NATS still measures all but clusters. */
async function prepareCluster(context: Context): Promise<void> {
  try {
    process.env.MESHLIFT_NATS_SERVER = await runStep(context, nats(context));
  } catch (error) {
    context.interrupt.signal.throwIfAborted();
    if (!(error instanceof SetupError)) throw error;
    context.screen.line(`${describe(error)}\nWhat needs it cannot be measured.\n`);
  }
}

/** Who cannot get all that Meshlift is compared with still measures the rest. */
async function prepareComparison(context: Context): Promise<void> {
  for (const step of [compiler(context), janus(context)]) {
    try {
      await runStep<unknown>(context, step);
    } catch (error) {
      context.interrupt.signal.throwIfAborted();
      if (!(error instanceof SetupError)) throw error;
      context.screen.line(`${describe(error)}\nWhat needs it is left out of the comparison.\n`);
    }
  }
}
