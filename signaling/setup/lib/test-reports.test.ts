import { describe, expect, it } from 'vitest';
import { readPlaywright, readTally, readVitest } from './test-reports.ts';

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((test) => ({ status: test })),
});

describe('readVitest', () => {
  it('counts the tests of all files by their status', () => {
    const testResults = [
      file('passed', 'passed', 'passed', 'skipped', 'todo'),
      file('failed', 'failed', 'passed'),
    ];
    expect(readVitest({ testResults })).toEqual({ passed: 3, failed: 1, skipped: 2 });
  });

  it('counts a file that failed without a failed test: it did not load, or its clean-up threw', () => {
    const testResults = [file('failed'), file('failed', 'passed')];
    expect(readVitest({ testResults })).toEqual({ passed: 1, failed: 2, skipped: 0 });
  });

  it('takes nothing else for a report', () => {
    for (const other of [undefined, null, 'text', {}, { testResults: 3 }])
      expect(readVitest(other)).toBeUndefined();
  });
});

describe('readPlaywright', () => {
  it('counts a test that passed only when repeated as failed', () => {
    const stats = { expected: 5, unexpected: 1, flaky: 2, skipped: 3 };
    expect(readPlaywright({ stats, errors: [] })).toEqual({ passed: 5, failed: 3, skipped: 3 });
  });

  it('counts errors outside of tests', () => {
    const stats = { expected: 0, unexpected: 0, flaky: 0, skipped: 0 };
    expect(readPlaywright({ stats, errors: [{ message: 'No tests found' }] })?.failed).toBe(1);
  });

  it('takes nothing else for a report', () => {
    for (const other of [undefined, null, {}, { stats: 'none' }])
      expect(readPlaywright(other)).toBeUndefined();
  });
});

describe('readTally', () => {
  it('takes a tally as it is, and nothing else for one', () => {
    const tally = { passed: 4, failed: 1, skipped: 2 };
    expect(readTally(tally)).toEqual(tally);
    expect(readTally('text')).toBeUndefined();
    expect(readTally({ passed: 'many' })).toBeUndefined();
  });
});
