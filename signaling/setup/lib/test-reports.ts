import { basename } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { nothing, type Report } from './tally.ts';

/** Reads what a runner's JSON report tells, or undefined when it is not such a report. */
export type ReadReport = (report: unknown) => Report | undefined;

/** Vitest's: every test with its status, and files that failed before they had a test. */
export const readVitest: ReadReport = (report) => {
  if (!isObject(report) || !Array.isArray(report.testResults)) return undefined;
  const tally = { ...nothing };
  const failures: string[] = [];
  for (const file of objects(report.testResults)) {
    const tests = objects(file.assertionResults);
    const failed = tests.filter(({ status }) => status === 'failed');
    const passed = tests.filter(({ status }) => status === 'passed').length;
    const name = basename(String(file.name));
    tally.passed += passed;
    tally.skipped += tests.length - passed - failed.length;
    tally.failed += failed.length || (file.status === 'failed' ? 1 : 0);
    for (const { fullName, failureMessages } of failed)
      failures.push(line(name, fullName, Array.isArray(failureMessages) ? failureMessages[0] : undefined));
    if (failed.length === 0 && file.status === 'failed') failures.push(line(name, file.message));
  }
  return { ...tally, failures };
};

/** Playwright's: its own counts, and errors outside of tests. A test that passed only when repeated has failed. */
export const readPlaywright: ReadReport = (report) => {
  if (!isObject(report) || !isObject(report.stats)) return undefined;
  const { expected, unexpected, flaky, skipped } = report.stats;
  const errors = objects(report.errors);
  return {
    passed: count(expected),
    failed: count(unexpected) + count(flaky) + errors.length,
    skipped: count(skipped),
    failures: [
      ...objects(report.suites).flatMap(failedSpecs),
      ...errors.map(({ message }) => line('outside of tests', message)),
    ],
  };
};

/** Suites hold suites; the outermost ones are files. */
function failedSpecs(suite: Record<string, unknown>): string[] {
  const own = objects(suite.specs).flatMap(({ file, title, tests }) =>
    objects(tests)
      .filter(({ status }) => status === 'unexpected' || status === 'flaky')
      .map((test) => {
        const error = objects(test.results).find((result) => isObject(result.error))?.error;
        return line(String(file), title, isObject(error) ? error.message : undefined);
      }),
  );
  return [...own, ...objects(suite.suites).flatMap(failedSpecs)];
}

/** A runner's own, which has a report's form. */
export const readTally: ReadReport = (report) => {
  if (!isObject(report)) return undefined;
  const { passed, failed, skipped, failures } = report;
  if (typeof passed !== 'number' || typeof failed !== 'number' || typeof skipped !== 'number')
    return undefined;
  return { passed, failed, skipped, failures: Array.isArray(failures) ? failures.map(String) : [] };
};

/** The first line of each part, without colours. */
function line(...parts: unknown[]): string {
  return parts
    .filter((part) => typeof part === 'string' && part !== '')
    .map((part) => stripVTControlCharacters(String(part)).trim().split('\n', 1)[0])
    .join(' › ');
}

function objects(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function count(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
