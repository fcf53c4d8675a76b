import { describe, expect, it } from 'vitest';
import { readRecipeLine } from './build.ts';

describe('readRecipeLine', () => {
  it("understands ninja's count", () => {
    expect(readRecipeLine('[12/279] Compiling C++ object x.o')).toEqual({
      kind: 'progress',
      done: 12,
      total: 279,
    });
  });

  it("understands the recipe's own words", () => {
    expect(readRecipeLine('step: compiling')).toEqual({ kind: 'step', text: 'compiling' });
    expect(readRecipeLine('fix: sudo apt-get install g++')).toEqual({
      kind: 'fix',
      text: 'sudo apt-get install g++',
    });
  });

  it('leaves everything else to the log', () => {
    for (const line of ['', 'ninja: no work to do', 'a step: not at the start', '[x/y] no']) {
      expect(readRecipeLine(line)).toEqual({ kind: 'other' });
    }
  });
});
