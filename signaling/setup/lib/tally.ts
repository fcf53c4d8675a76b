/** What a runner's checks or tests came to. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** What a runner told of its tests. */
export interface Report extends Tally {
  /** Each failure in one line: the test, and what went wrong, as far as it is known. */
  failures: string[];
}

export interface Result extends Report {
  name: string;
  /** Elapsed time in milliseconds. */
  ms: number;
}

export const nothing: Tally = { passed: 0, failed: 0, skipped: 0 };

/** A runner that is one check as a whole. */
export function oneCheck(status: number | null): Report {
  return status === 0
    ? { ...nothing, passed: 1, failures: [] }
    : { ...nothing, failed: 1, failures: [`ended with status ${status}`] };
}

/**
 * Holds a report against the runner's exit status: a crash before or after the tests has to count,
 * so a bad status without a failure in the report, or without a report, is one failure.
 */
export function withStatus(report: Report | undefined, status: number | null): Report {
  if (report && (status === 0 || report.failed > 0)) return report;
  const { failed, failures, ...rest } = report ?? { ...nothing, failures: [] };
  const why = `ended with status ${status} and ${report ? 'no failed test' : 'without a report'}`;
  return { ...rest, failed: failed + 1, failures: [...failures, why] };
}

export function sum(tallies: Tally[]): Tally {
  return tallies.reduce(
    (a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }),
    nothing,
  );
}

/** The last line of a test run. */
export function verdict({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
}

/** Nothing failed, and there was something to fail. */
export function isGood({ passed, failed }: Tally): boolean {
  return failed === 0 && passed > 0;
}
