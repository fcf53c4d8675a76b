import { faults } from './commands/faults.ts';
import { load } from './commands/load.ts';
import { prepare } from './commands/prepare.ts';
import { start } from './commands/start.ts';
import { strangers } from './commands/strangers.ts';
import { test } from './commands/test.ts';
import { runTool } from './commands/tool.ts';
import type { Context } from './lib/context.ts';
import { Interrupted, watchInterrupts } from './lib/interrupt.ts';
import { Screen } from './lib/screen.ts';
import { describe, SetupError } from './lib/setup-error.ts';
import { oneCheck, verdict } from './lib/tally.ts';
import { inWordsIfUnwritable } from './lib/unwritable.ts';

const USAGE =
  'usage: node signaling/setup/run.mjs start [--check|--version|--help] | test [checks|unit|e2e|docker|all] | load [scenario…] | strangers | faults | setup | tool SCRIPT…';

const COMMANDS: Record<string, (context: Context, args: string[]) => Promise<unknown>> = {
  start: async (context, args) => {
    process.exitCode = (await start(context, args)) ?? process.exitCode;
  },
  test: async (context, args) => {
    process.exitCode = await test(context, args);
  },
  load: async (context, args) => {
    process.exitCode = await load(context, args);
  },
  strangers: async (context, args) => {
    process.exitCode = await strangers(context, args);
  },
  faults: async (context, args) => {
    process.exitCode = await faults(context, args);
  },
  tool: async (context, args) => {
    process.exitCode = await runTool(context, args);
  },
  setup: async (context) => {
    await prepare(context);
    context.screen.line('Everything is set up: npm start');
  },
};

/** Runs one of the commands. Its failures become words and an exit status. */
export async function main({
  root,
  cache,
  args,
}: {
  root: string;
  cache: string;
  args: string[];
}): Promise<void> {
  const [name = '', ...rest] = args;
  const command = COMMANDS[name];
  if (!command) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  process.chdir(root);
  const interrupt = watchInterrupts();
  try {
    await command({ root, cache, screen: new Screen(), interrupt }, rest);
  } catch (error) {
    const reason = interrupt.signal.aborted
      ? interrupt.signal.reason
      : inWordsIfUnwritable(error, { root, cache });
    if (reason instanceof Interrupted) {
      console.error(`\nSetup ${reason.message}; run it again to go on.`);
      process.exitCode = reason.status;
    } else if (reason instanceof SetupError) {
      console.error(describe(reason));
      process.exitCode = 1;
      // A test run ends with a verdict, also one that never came to its tests.
      if (name === 'test') console.log(verdict(oneCheck(process.exitCode)));
    } else {
      throw reason;
    }
  } finally {
    interrupt.release();
  }
}
