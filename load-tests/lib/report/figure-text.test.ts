import { describe, expect, it } from 'vitest';
import { figureText, shortNumber } from './figure-text.ts';
import { madeUpFigure } from './testing/made-up.ts';

describe('shortNumber', () => {
  it('leaves about three digits, and those before the point', () => {
    expect([136_542.3, 183.4, 12.44, 1.0517, 0.9544, 0.00712, 0, -2.5391].map(shortNumber)).toEqual([
      ...['136,542', '183', '12.4', '1.05', '0.954', '0.00712', '0', '-2.54'],
    ]);
  });
});

describe('figureText', () => {
  it('has the unit where a figure has one, and a verdict where it has an aim', () => {
    expect(figureText(madeUpFigure({ aim: { is: 'at most', value: 200 } }))).toEqual({
      ...{ title: 'Memory for each viewer', median: '183 KB', range: '176 to 205' },
      ...{ aim: '≤ 200 KB', verdict: 'meets', samples: '5' },
    });
    expect(figureText(madeUpFigure({ unit: '' }))).toMatchObject({ median: '183', aim: '', verdict: '' });
  });

  it('shows no figure as its aim that misses it', () => {
    const near = madeUpFigure({ unit: '', median: 0.94997, aim: { is: 'at least', value: 0.95 } });
    expect(figureText(near)).toMatchObject({ median: '0.94997', aim: '≥ 0.95', verdict: 'misses' });
    const exact = madeUpFigure({ unit: '', median: 0.95, aim: { is: 'at least', value: 0.95 } });
    expect(figureText(exact)).toMatchObject({ median: '0.95', verdict: 'meets' });
  });

  it('has no range where all rounds gave the same', () => {
    expect(figureText(madeUpFigure({ median: 0, min: 0, max: 0 })).range).toBe('');
  });
});
