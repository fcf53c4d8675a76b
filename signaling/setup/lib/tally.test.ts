import { describe, expect, it } from 'vitest';
import { isGood, nothing, oneCheck, sum, verdict, withStatus } from './tally.ts';

describe('withStatus', () => {
  const report = { passed: 3, failed: 1, skipped: 2, failures: ['a.test.ts › adds'] };
  const good = { passed: 3, failed: 0, skipped: 2, failures: [] };

  it('takes the report as it is when the status agrees', () => {
    expect(withStatus(report, 1)).toEqual(report);
    expect(withStatus(good, 0)).toEqual(good);
  });

  it('counts a crash without a report as one failure, whatever the status', () => {
    expect(withStatus(undefined, 1).failed).toBe(1);
    expect(withStatus(undefined, null).failed).toBe(1);
    expect(withStatus(undefined, 0).failed).toBe(1);
  });

  it('counts a bad status that the report does not explain', () => {
    const failures = ['ended with status 1 and no failed test'];
    expect(withStatus(good, 1)).toEqual({ ...good, failed: 1, failures });
    expect(withStatus(good, null).failed).toBe(1);
  });
});

describe('verdict', () => {
  it('adds up all runners, and tells of skipped tests only if there are any', () => {
    const total = sum([oneCheck(0), oneCheck(2), oneCheck(null), { passed: 5, failed: 0, skipped: 0 }]);
    expect(verdict(total)).toBe('6 passed, 2 failed');
    expect(verdict({ ...total, skipped: 4 })).toBe('6 passed, 2 failed, 4 skipped');
  });
});

describe('isGood', () => {
  it('wants something passed and nothing failed', () => {
    expect(isGood({ passed: 1, failed: 0, skipped: 9 })).toBe(true);
    expect(isGood({ passed: 9, failed: 1, skipped: 0 })).toBe(false);
    expect(isGood(nothing)).toBe(false);
    expect(isGood({ ...nothing, skipped: 3 })).toBe(false);
  });
});
