import { type ReadReport, readPlaywright, readVitest } from './test-reports.ts';

/** A program that checks or tests the checkout. */
export interface Runner {
  /** Its name in node_modules/.bin. */
  name: string;
  kind: 'checks' | 'unit' | 'e2e';
  /** Its arguments. A runner with a report is told the path to write it to. */
  args: (report: string) => string[];
  env?: (report: string) => NodeJS.ProcessEnv;
  /** For a runner of many tests. One without is a single check. */
  read?: ReadReport;
}

export const RUNNERS: Runner[] = [
  { name: 'biome', kind: 'checks', args: () => ['check', '.'] },
  { name: 'tsc', kind: 'checks', args: () => ['-b'] },
  { name: 'knip', kind: 'checks', args: () => [] },
  { name: 'size-limit', kind: 'checks', args: () => [] },
  {
    name: 'vitest',
    kind: 'unit',
    args: (report) => ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    read: readVitest,
  },
  {
    name: 'playwright',
    kind: 'e2e',
    args: () => ['test', '-c', 'client-plugin/e2e', '--reporter=list,json'],
    env: (report) => ({ PLAYWRIGHT_JSON_OUTPUT_NAME: report, PLAYWRIGHT_JSON_OUTPUT_FILE: report }),
    read: readPlaywright,
  },
];
