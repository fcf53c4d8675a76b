import { describe, expect, it } from 'vitest';
import { readPlaywright, readTally } from './test-reports.ts';

describe('readPlaywright', () => {
  it('counts a test that passed only when repeated as failed', () => {
    const stats = { expected: 5, unexpected: 1, flaky: 2, skipped: 3 };
    expect(readPlaywright({ stats, errors: [] })).toMatchObject({ passed: 5, failed: 3, skipped: 3 });
  });

  it('names those that failed, in whatever suite they are', () => {
    const spec = (title: string, status: string, error?: { message: string }) => ({
      ...{ file: 'watch.spec.ts', title },
      tests: [{ status, results: [error ? { error } : {}] }],
    });
    const suites = [
      {
        specs: [spec('is seen', 'expected'), spec('is heard', 'unexpected', { message: 'silence\n at 3' })],
        suites: [{ specs: [spec('comes back', 'flaky')] }],
      },
    ];
    const stats = { expected: 1, unexpected: 1, flaky: 1, skipped: 0 };
    expect(readPlaywright({ stats, suites, errors: [{ message: 'a port is taken' }] })?.failures).toEqual([
      'watch.spec.ts › is heard › silence',
      'watch.spec.ts › comes back',
      'outside of tests › a port is taken',
    ]);
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
    expect(readTally(tally)).toEqual({ ...tally, failures: [] });
    expect(readTally({ ...tally, failures: ['it is healthy'] })?.failures).toEqual(['it is healthy']);
    expect(readTally('text')).toBeUndefined();
    expect(readTally({ passed: 'many' })).toBeUndefined();
  });
});
