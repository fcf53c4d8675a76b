import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';
import { failureLine } from './failure-line.ts';
import { nothing, type Report } from './tally.ts';

/** Where the report is to be written. */
export const REPORT_VARIABLE = 'MESHLIFT_VITEST_REPORT';

/**
 * Tells what `npm test` shows of Vitest's tests. Vitest's own JSON has no errors that came up outside of any test,
 * though they fail the run: then nobody would know by what.
 */
export default class VitestReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly { message: string }[]): void {
    const file = process.env[REPORT_VARIABLE];
    if (!file) throw new Error(`${REPORT_VARIABLE} names no file`);
    writeFileSync(file, JSON.stringify(reportOf(modules, unhandled)));
  }
}

function reportOf(modules: readonly TestModule[], unhandled: readonly { message: string }[]): Report {
  const failures = unhandled.map(({ message }) => failureLine('outside of tests', message));
  const counted = { ...nothing };
  for (const module of modules) {
    const name = basename(module.moduleId);
    const before = failures.length;
    for (const test of module.children.allTests()) {
      const { state, errors } = test.result();
      if (state === 'passed') counted.passed += 1;
      else if (state === 'failed') failures.push(failureLine(name, test.fullName, errors[0]?.message));
      else counted.skipped += 1;
    }
    // It did not load, or its clean-up threw.
    if (module.state() === 'failed' && failures.length === before)
      failures.push(failureLine(name, module.errors()[0]?.message ?? 'failed as a whole'));
  }
  return { ...counted, failed: failures.length, failures };
}
