import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../lib/command.ts';
import type { Context } from '../lib/context.ts';
import { chooseRunners, type Runner } from '../lib/runners.ts';
import { elapsed } from '../lib/screen.ts';
import { describe, SetupError } from '../lib/setup-error.ts';
import { runStep, type Step } from '../lib/step.ts';
import { isGood, oneCheck, type Report, type Result, sum, verdict, withStatus } from '../lib/tally.ts';
import { browser } from '../steps/browser.ts';
import { firefox } from '../steps/firefox.ts';
import { gstreamer } from '../steps/gstreamer.ts';
import { meson } from '../steps/meson.ts';
import { nats } from '../steps/nats.ts';
import { pion } from '../steps/pion.ts';
import { PROXIES, proxy } from '../steps/proxies.ts';
import { prepare } from './prepare.ts';

/**
 * Sets up what the tests need and runs the checks and tests of the checkout, or the kinds that are
 * named. Every one runs whatever the others came to. Resolves with the exit status; the last line
 * printed is the verdict, alone.
 */
export async function test(context: Context, kinds: string[]): Promise<number> {
  const runners = chooseRunners(kinds);
  if (!runners)
    throw new SetupError(
      `there are no tests called "${kinds.join(' ')}"`,
      'Choose of: checks, unit, e2e, docker, all',
    );
  const { workerPath } = await prepare(context);
  process.env.MEDIASOUP_WORKER_BIN = workerPath;
  const has = (kind: Runner['kind']) => runners.some((runner) => runner.kind === kind);
  if (has('e2e') || has('docker')) process.env.MESHLIFT_CHROMIUM = await runStep(context, browser(context));
  for (const part of OPTIONAL) if (part.kinds.some(has)) await prepareOptional(context, part);
  const results: Result[] = [];
  const reports = mkdtempSync(join(tmpdir(), 'meshlift-test-'));
  try {
    for (const runner of runners)
      results.push(await run(context, runner, join(reports, `${runner.name}.json`)));
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
  const total = sum(results);
  const left =
    kinds.length === 0 ? ['', 'Not asked for: the container (npm test -- docker, or npm test -- all).'] : [];
  context.screen.line(['', ...table(results), ...failures(results), ...left, '', verdict(total)].join('\n'));
  return isGood(total) ? 0 : 1;
}

interface OptionalPart {
  variable: string;
  /** The kinds of tests that use it. */
  kinds: readonly Runner['kind'][];
  step(context: Context): Step<string>;
  /** The tests that need it. */
  tests: string;
}

const OPTIONAL: readonly OptionalPart[] = [
  {
    variable: 'MESHLIFT_PYTHON',
    kinds: ['unit', 'e2e'],
    step: gstreamer,
    tests: 'The tests with native programs',
  },
  {
    variable: 'MESHLIFT_MESON',
    kinds: ['unit'],
    step: meson,
    tests: 'The tests of an interrupted worker build',
  },
  {
    variable: 'MESHLIFT_NATS_SERVER',
    kinds: ['unit', 'e2e'],
    step: nats,
    tests: 'The tests of several servers over NATS',
  },
  { variable: 'MESHLIFT_PION_PLAYER', kinds: ['e2e'], step: pion, tests: 'The tests with pion' },
  { variable: 'MESHLIFT_FIREFOX', kinds: ['e2e'], step: firefox, tests: 'The tests with Firefox' },
  ...PROXIES.map((known): OptionalPart => {
    const { name, variable } = known;
    return {
      variable,
      kinds: ['unit'],
      step: (context) => proxy(context, known),
      tests: `The tests behind ${name}`,
    };
  }),
];

/**
 * Not every system that runs the rest has these. Where one cannot be got, the tests that need it are counted as
 * skipped, and it is said why.
 */
async function prepareOptional(context: Context, { variable, step, tests }: OptionalPart): Promise<void> {
  try {
    process.env[variable] = await runStep(context, step(context));
  } catch (error) {
    context.interrupt.signal.throwIfAborted();
    if (!(error instanceof SetupError)) throw error;
    context.screen.line(`${describe(error)}\n${tests} are skipped.\n`);
  }
}

async function run({ root, screen, interrupt }: Context, runner: Runner, report: string): Promise<Result> {
  const args = runner.args(report);
  const shown = args.filter((arg) => !arg.startsWith('--') && arg !== report);
  screen.line(`\n== ${[runner.name, ...shown].join(' ')}`);
  const start = Date.now();
  const program = runner.path ?? join('node_modules', '.bin', runner.name);
  const status = await runCommand(join(root, program), args, {
    cwd: root,
    signal: interrupt.signal,
    stopMs: runner.stopMs,
    env: { ...process.env, ...runner.env?.(report) },
  });
  const told = runner.read ? withStatus(readReport(runner, report), status) : oneCheck(status);
  const result = { name: runner.name, ...told, ms: Date.now() - start };
  screen.line(`== ${runner.name}: ${verdict(result)}, ${elapsed(result.ms)}`);
  return result;
}

function readReport(runner: Runner, file: string): Report | undefined {
  try {
    return runner.read?.(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

function table(results: Result[]): string[] {
  const row = (cells: string[]) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(12) : cell.padStart(13))).join('');
  return [
    row(['', 'passed', 'failed', 'skipped', 'time']),
    ...results.map(({ name, passed, failed, skipped, ms }) =>
      row([name, String(passed), String(failed), String(skipped), elapsed(ms)]),
    ),
  ];
}

/** What a person looks for first, where it is the last to scroll away. */
function failures(results: Result[]): string[] {
  const lines = results.flatMap(({ name, failures }) => failures.map((failure) => `${name}: ${failure}`));
  return lines.length > 0 ? ['', 'Failed:', ...lines] : [];
}
