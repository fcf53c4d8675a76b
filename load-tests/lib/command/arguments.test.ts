import { describe, expect, it } from 'vitest';
import type { Scenario } from '../scenario.ts';
import { parseArguments, UsageError } from './arguments.ts';

const scenario = (name: string): Scenario => ({
  ...{ name, title: name, about: name, usual: { rounds: 5, seconds: 10, viewers: undefined } },
  run: async () => ({ options: {}, figures: [], charts: [], rounds: [] }),
});
const known = [scenario('fan-out'), scenario('compare')];
const parsed = (line: string) => parseArguments(line.split(' ').filter(Boolean), known);

describe('parseArguments', () => {
  it('takes scenarios in the order named, each once, or all', () => {
    const names = (line: string) => {
      const request = parsed(line);
      return request.kind === 'run' ? request.scenarios.map(({ name }) => name) : request.kind;
    };
    expect(names('compare fan-out compare')).toEqual(['compare', 'fan-out']);
    expect(names('all')).toEqual(['fan-out', 'compare']);
    expect(names('')).toBe('help');
    expect(names('-h fan-out')).toBe('help');
    expect(names('--list')).toBe('list');
  });

  it('takes wishes; those that are named stand above those of a quick run', () => {
    expect(parsed('fan-out')).toMatchObject({ wishes: {}, destination: 'new' });
    expect(parsed('fan-out --rounds 7 --seconds 20 --viewers 50,100')).toMatchObject({
      wishes: { rounds: 7, seconds: 20, viewers: [50, 100] },
    });
    expect(parsed('fan-out --viewers 3 --quick')).toMatchObject({
      wishes: { rounds: 1, seconds: 2, viewers: [3] },
    });
    expect(parsed('fan-out --out here')).toMatchObject({ destination: { folder: 'here' } });
    expect(parsed('fan-out --reference')).toMatchObject({ destination: 'reference' });
  });

  it.each([
    ['fanout', 'there is no scenario "fanout"; there are: fan-out, compare, all'],
    ['--rounds 0', '--rounds is a whole number from 1 to 100, and not "0"'],
    ['--rounds 101', '--rounds is a whole number from 1 to 100, and not "101"'],
    ['--rounds 1e1', '--rounds is a whole number from 1 to 100, and not "1e1"'],
    ['--rounds -5', '--rounds is a whole number from 1 to 100'],
    ['--rounds', '--rounds is a whole number from 1 to 100'],
    ['--seconds 2.5', '--seconds is a whole number from 1 to 3,600, and not "2.5"'],
    [
      '--viewers 5,,6',
      '--viewers is up to 20 whole numbers from 1 to 10,000, such as 50,100,200, and not ""',
    ],
    [
      `--viewers ${'5,'.repeat(20)}5`,
      '--viewers is up to 20 whole numbers from 1 to 10,000, such as 50,100,200',
    ],
    ['--out=', '--out is the path of a folder'],
    ['--out', '--out is the path of a folder'],
    ['--reference --out x', '--reference has a folder of its own: leave --out out'],
    ['--reference --quick', '--quick only shows that everything works: its figures are no --reference'],
    ['--round 5', "Unknown option '--round'; --help says what there is"],
    ['--quick=yes', "Option '--quick' does not take an argument; --help says what there is"],
  ])('refuses %s in one line', (line, words) => {
    expect(() => parsed(`${line} fan-out`.replace(/^(--\w+) fan-out$/, 'fan-out $1'))).toThrow(
      new UsageError(words),
    );
  });
});
