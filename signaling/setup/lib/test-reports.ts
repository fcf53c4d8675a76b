import { nothing, type Tally } from './tally.ts';

/** Reads what a runner's JSON report counts, or undefined when it is not such a report. */
export type ReadReport = (report: unknown) => Tally | undefined;

/** Vitest's: every test with its status, and files that failed before they had a test. */
export const readVitest: ReadReport = (report) => {
  if (!isObject(report) || !Array.isArray(report.testResults)) return undefined;
  const tally = { ...nothing };
  for (const file of report.testResults.filter(isObject)) {
    const tests = Array.isArray(file.assertionResults) ? file.assertionResults.filter(isObject) : [];
    const failed = tests.filter(({ status }) => status === 'failed').length;
    const passed = tests.filter(({ status }) => status === 'passed').length;
    tally.passed += passed;
    tally.skipped += tests.length - passed - failed;
    tally.failed += failed || (file.status === 'failed' ? 1 : 0);
  }
  return tally;
};

/** Playwright's: its own counts, and errors outside of tests. A test that passed only when repeated has failed. */
export const readPlaywright: ReadReport = (report) => {
  if (!isObject(report) || !isObject(report.stats)) return undefined;
  const { expected, unexpected, flaky, skipped } = report.stats;
  const errors = Array.isArray(report.errors) ? report.errors.length : 0;
  return {
    passed: count(expected),
    failed: count(unexpected) + count(flaky) + errors,
    skipped: count(skipped),
  };
};

/** A runner's own, which has a tally's form. */
export const readTally: ReadReport = (report) => {
  if (!isObject(report)) return undefined;
  const { passed, failed, skipped } = report;
  if (typeof passed !== 'number' || typeof failed !== 'number' || typeof skipped !== 'number')
    return undefined;
  return { passed, failed, skipped };
};

function count(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
