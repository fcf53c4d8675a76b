import { fileURLToPath } from 'node:url';
import { type ReadReport, readPlaywright, readTally } from './test-reports.ts';
import { REPORT_VARIABLE } from './vitest-reporter.ts';

const VITEST_REPORTER = fileURLToPath(new URL('vitest-reporter.ts', import.meta.url));

/** A program that checks or tests the checkout. */
export interface Runner {
  /** Its name in node_modules/.bin, unless it has a path. */
  name: string;
  /** Its path from the checkout's root. */
  path?: string;
  kind: 'checks' | 'unit' | 'e2e' | 'docker';
  /** Its arguments. A runner with a report is told the path to write it to. */
  args: (report: string) => string[];
  env?: (report: string) => NodeJS.ProcessEnv;
  /** How long it may take to stop, in milliseconds, where that is long. */
  stopMs?: number;
  /** For a runner of many tests. One without is a single check. */
  read?: ReadReport;
}

/** The folders with sources. */
const SOURCES = ['signaling', 'sfu', 'client-plugin', 'load-tests', 'docker'];

const RUNNERS: Runner[] = [
  { name: 'biome', kind: 'checks', args: () => ['check', '.'] },
  { name: 'tsc', kind: 'checks', args: () => ['-b'] },
  { name: 'knip', kind: 'checks', args: () => [] },
  {
    name: 'depcruise',
    kind: 'checks',
    // Says of each forbidden import which rule it breaks, and why there is one.
    args: () => ['-T', 'err-long', '-c', '.dependency-cruiser.mjs', ...SOURCES],
  },
  { name: 'size-limit', kind: 'checks', args: () => [] },
  {
    name: 'vitest',
    kind: 'unit',
    args: () => ['run', '--reporter=default', `--reporter=${VITEST_REPORTER}`],
    env: (report) => ({ [REPORT_VARIABLE]: report }),
    read: readTally,
  },
  {
    name: 'playwright',
    kind: 'e2e',
    args: () => ['test', '-c', 'client-plugin/e2e', '--reporter=list,json'],
    env: (report) => ({ PLAYWRIGHT_JSON_OUTPUT_NAME: report, PLAYWRIGHT_JSON_OUTPUT_FILE: report }),
    read: readPlaywright,
  },
  {
    name: 'docker',
    path: 'docker/test',
    kind: 'docker',
    args: (report) => [report],
    // Containers and an engine are stopped before it ends.
    stopMs: 60_000,
    read: readTally,
  },
];

/**
 * What runs where no kind is named. The test of the container is left to who asks for it: it starts an engine, and
 * changes the machine's network for as long as it runs, which nobody expects of a checkout's tests.
 */
const UNASKED: ReadonlySet<string> = new Set(['checks', 'unit', 'e2e']);

/** The runners of the kinds that are named, where `all` names every one; undefined for a name that is none. */
export function chooseRunners(kinds: string[]): Runner[] | undefined {
  const known = new Set<string>(['all', ...RUNNERS.map(({ kind }) => kind)]);
  if (!kinds.every((kind) => known.has(kind))) return undefined;
  if (kinds.includes('all')) return RUNNERS;
  const asked: ReadonlySet<string> = kinds.length === 0 ? UNASKED : new Set(kinds);
  return RUNNERS.filter(({ kind }) => asked.has(kind));
}
