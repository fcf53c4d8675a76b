/** What a runner's checks or tests came to. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

export interface Result extends Tally {
  name: string;
  /** Elapsed time in milliseconds. */
  ms: number;
}

export const nothing: Tally = { passed: 0, failed: 0, skipped: 0 };

/** A runner that is one check as a whole. */
export function oneCheck(status: number | null): Tally {
  return status === 0 ? { ...nothing, passed: 1 } : { ...nothing, failed: 1 };
}

/**
 * Holds a report against the runner's exit status: a crash before or after the tests has to count,
 * so a bad status without a failure in the report, or without a report, is one failure.
 */
export function withStatus(report: Tally | undefined, status: number | null): Tally {
  const tally = report ?? nothing;
  if (report && (status === 0 || tally.failed > 0)) return tally;
  return { ...tally, failed: tally.failed + 1 };
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
