import type { Context } from '../lib/context.ts';
import { runStep } from '../lib/step.ts';
import { packages } from '../steps/packages.ts';
import { prepare } from './prepare.ts';

const HELP = `usage: npm start [-- OPTION]

Sets up what is missing and serves. The configuration is in environment variables, which README.md lists.

  --check    checks the configuration and ends: status 0, or 2 with every mistake
  --version  says which version this is and ends
  --help     says this and ends`;

/**
 * Sets everything up and becomes the server: in this process, so that signals reach it directly. Mistakes in the
 * configuration are found before anything takes minutes. Resolves, where it does not serve, with the exit status.
 */
export async function start(context: Context, [option, ...more]: string[]): Promise<number | undefined> {
  const { screen } = context;
  if (option === '--help' && more.length === 0) {
    screen.line(HELP);
    return 0;
  }
  if (option === '--version' && more.length === 0) {
    const { readVersion } = await import('../../src/config/version.ts');
    const { version, revision } = readVersion();
    screen.line(revision === undefined ? version : `${version} (${revision})`);
    return 0;
  }
  if (option !== undefined && (option !== '--check' || more.length > 0)) {
    console.error(`npm start has no option "${[option, ...more].join(' ')}".\n\n${HELP}`);
    return 2;
  }
  // What checks the configuration is among the packages.
  await runStep(context, packages(context));
  const { checkConfig } = await import('../../src/config/check.ts');
  const { mistakes, ignored } = checkConfig(process.env);
  if (mistakes !== undefined) {
    console.error(`\nMeshlift did not start. ${mistakes}`);
    return 2;
  }
  if (option === '--check') {
    for (const name of ignored) screen.line(`There is no variable ${name}; it is ignored.`);
    screen.line('The configuration is in order.');
    return 0;
  }
  const { workerPath } = await prepare(context);
  process.env.MEDIASOUP_WORKER_BIN = workerPath;
  const { serve } = await import('../../src/serve.ts');
  context.interrupt.signal.throwIfAborted();
  // The server hears the signals from here on.
  const serving = serve();
  context.interrupt.release();
  await serving;
  return undefined;
}
