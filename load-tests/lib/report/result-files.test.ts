import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readResults, writeResult } from './result-files.ts';
import { madeUpChart, madeUpFigure, madeUpResult } from './testing/made-up.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'meshlift-results-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

describe('result files', () => {
  it('are read as they were written', () => {
    writeResult(dir, madeUpResult());
    writeResult(dir, madeUpResult({ scenario: 'churn' }));
    expect(readResults(dir)).toEqual([madeUpResult({ scenario: 'churn' }), madeUpResult()]);
    expect(readResults(join(dir, 'none'))).toEqual([]);
  });

  it('take the place of those of an earlier run, and of nothing else', () => {
    writeResult(dir, madeUpResult({ charts: [madeUpChart('a'), madeUpChart('b')] }));
    writeResult(dir, madeUpResult({ scenario: 'fan', charts: [madeUpChart('out-a')] }));
    writeResult(dir, madeUpResult({ charts: [madeUpChart('b'), madeUpChart('c')] }));
    expect(readdirSync(dir).toSorted()).toEqual([
      ...['fan-out-b.svg', 'fan-out-c.svg', 'fan-out.json', 'fan.json'],
    ]);
  });

  it('are refused when something in them is no figure, or has the name of another', () => {
    const write = (changes: Parameters<typeof madeUpResult>[0]) => () =>
      writeResult(dir, madeUpResult(changes));
    expect(write({ figures: [madeUpFigure({ median: Number.NaN })] })).toThrow(
      /fan-out is no result:[\s\S]*median/,
    );
    expect(write({ figures: [madeUpFigure(), madeUpFigure()] })).toThrow('has "fan-out.memory" twice');
    expect(write({ charts: [madeUpChart('../x')] })).toThrow('"../x" cannot be part of a file');
    writeFileSync(join(dir, 'x.json'), '{"scenario":"x"}');
    expect(() => readResults(dir)).toThrow(/x\.json is no result/);
  });
});
