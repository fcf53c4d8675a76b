import { failureLine } from './failure-line.ts';
import type { Report } from './tally.ts';

/** Reads what a runner's JSON report tells, or undefined when it is not such a report. */
export type ReadReport = (report: unknown) => Report | undefined;

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
      ...errors.map(({ message }) => failureLine('outside of tests', message)),
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
        return failureLine(String(file), title, isObject(error) ? error.message : undefined);
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

function objects(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function count(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
