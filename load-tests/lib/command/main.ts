import { mkdirSync, rmdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { inspect } from 'node:util';
import { cacheDir } from '@meshlift/worker';
import type { Context } from '../../../signaling/setup/lib/context.ts';
import { Interrupted, watchInterrupts } from '../../../signaling/setup/lib/interrupt.ts';
import { Screen } from '../../../signaling/setup/lib/screen.ts';
import { describe, SetupError } from '../../../signaling/setup/lib/setup-error.ts';
import { findCores } from '../machine/cores.ts';
import type { Clip } from '../peers/clip.ts';
import { REFERENCE, updateDocuments } from '../report/documents.ts';
import { commitOf, machineFacts } from '../report/machine-facts.ts';
import { writeResult } from '../report/result-files.ts';
import { terminalTable } from '../report/terminal-table.ts';
import { isMet, type Result } from '../result.ts';
import type { Scenario } from '../scenario.ts';
import { type Destination, parseArguments, type Request, UsageError } from './arguments.ts';
import { runScenario } from './run-scenario.ts';
import { longList, usage } from './usage.ts';

/** How long what is left open may keep the process, in milliseconds, once everything is said. */
const LINGER_MS = 5_000;

/** What the command is made of. */
export interface Command {
  scenarios: readonly Scenario[];
  args: string[];
  /** The root of the checkout. */
  root: string;
  /** The folder with the README, the reference run and the results. */
  home: string;
  /** Gets what the scenarios need, once it is known that any will run. */
  prepare(context: Context): Promise<Clip>;
  /** What readers of the figures should know of the machine as it is now. Asked for last before the first scenario. */
  remarks(): Promise<string[]>;
}

type Run = Extract<Request, { kind: 'run' }>;

/**
 * Does what the command line asks for. What becomes of it is in words and an exit status: 0, also when figures miss
 * their aims; 1, when something could not be run; 2, when the command line cannot be followed.
 */
export async function main(command: Command): Promise<void> {
  const interrupt = watchInterrupts();
  const screen = new Screen();
  try {
    process.exitCode = await perform(command, {
      root: command.root,
      cache: cacheDir(),
      screen,
      interrupt,
    });
  } catch (error) {
    const reason = interrupt.signal.aborted ? interrupt.signal.reason : error;
    if (reason instanceof Interrupted) {
      screen.line(`The run was ${reason.message}.`);
      process.exitCode = reason.status;
    } else if (reason instanceof UsageError) {
      console.error(reason.message);
      process.exitCode = 2;
    } else if (reason instanceof SetupError) {
      console.error(describe(reason));
      process.exitCode = 1;
    } else {
      throw reason;
    }
  } finally {
    interrupt.release();
    setTimeout(() => process.exit(), LINGER_MS).unref();
  }
}

async function perform(command: Command, context: Context): Promise<number> {
  const { scenarios, args } = command;
  const request = parseArguments(args, scenarios);
  switch (request.kind) {
    case 'help':
      context.screen.line(usage(scenarios));
      return 0;
    case 'list':
      context.screen.line(longList(scenarios));
      return 0;
    case 'run':
      return await run(command, context, request);
  }
}

async function run(command: Command, context: Context, request: Run): Promise<number> {
  const { root, home } = command;
  const { screen, interrupt } = context;
  const folder = folderFor(request.destination, home);
  try {
    const clip = await command.prepare(context);
    const bench = {
      ...{ root, clip, wishes: request.wishes, signal: interrupt.signal },
      ...{ cores: findCores(), commit: commitOf(root), machine: machineFacts() },
      remarks: await command.remarks(),
    };
    for (const remark of bench.remarks) screen.line(remark);
    const results: Result[] = [];
    for (const scenario of request.scenarios) {
      try {
        const work = async (report: { doing(text: string): void }) => {
          const result = await runScenario(scenario, bench, report.doing);
          writeResult(folder, result);
          return result;
        };
        const result = await screen.during(scenario.name, scenario.title, work, 'done');
        screen.line(`\n${terminalTable(result)}\n`);
        results.push(result);
      } catch (error) {
        interrupt.signal.throwIfAborted();
        screen.line(`\n${error instanceof Error ? (error.stack ?? error.message) : inspect(error)}\n`);
      }
    }
    if (request.destination === 'reference') updateDocuments(home, command.scenarios);
    screen.line(summary(results, request.scenarios.length - results.length, folder));
    return results.length === request.scenarios.length ? 0 : 1;
  } finally {
    removeIfEmpty(folder);
  }
}

/** Made at once, for it would be late to find out after an hour that it cannot be. */
function folderFor(destination: Destination, home: string): string {
  const folder = pathOf(destination, home);
  try {
    mkdirSync(folder, { recursive: true });
    return folder;
  } catch {
    throw new UsageError(`--out: the folder ${folder} cannot be made`);
  }
}

function pathOf(destination: Destination, home: string): string {
  if (destination === 'reference') return join(home, REFERENCE);
  if (destination !== 'new') return resolve(destination.folder);
  return join(home, 'results', new Date().toISOString().slice(0, 19).replaceAll(':', '-'));
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // There is something in it.
  }
}

/** The last lines of a run. */
function summary(results: Result[], failed: number, folder: string): string {
  const aims = results.flatMap(({ figures }) => figures).map(isMet);
  const count = (met: boolean) => aims.filter((one) => one === met).length;
  const scenarios = `${results.length} run${failed ? `, ${failed} failed` : ''}`;
  const lines = [`Scenarios: ${scenarios}. Aims: ${count(true)} met, ${count(false)} missed.`];
  if (results.length > 0) lines.push(`Results and charts: ${folder}`);
  return lines.join('\n');
}
