import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Chart } from '../result.ts';
import { chartSvg } from './chart-svg.ts';
import { madeUpChart } from './testing/made-up.ts';

const textsOf = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);

/** Where the drawing's coordinates of an upright text are. */
const placeOf = (svg: string, text: string) =>
  Number(new RegExp(`transform="translate\\([\\d.]+ ([\\d.]+)\\)"[^>]*>${text}</text>`).exec(svg)?.[1]);

describe('chartSvg', () => {
  it('gives the same bytes for the same chart, whatever was drawn before and by whichever process', () => {
    const first = chartSvg(madeUpChart('cost'));
    chartSvg(madeUpChart('other', { kind: 'bar' }));
    expect(chartSvg(madeUpChart('cost'))).toBe(first);
    const code = `
      import { chartSvg } from ${JSON.stringify(join(import.meta.dirname, 'chart-svg.ts'))};
      import { madeUpChart } from ${JSON.stringify(join(import.meta.dirname, 'testing', 'made-up.ts'))};
      process.stdout.write(chartSvg(madeUpChart('cost')));`;
    expect(execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' })).toBe(
      first,
    );
  });

  it('names title, axes with their units, and every series, and loads and moves nothing', () => {
    const svg = chartSvg(madeUpChart('cost'));
    for (const text of [
      'Cost by viewers',
      'viewers',
      'CPU time, s/s',
      'raw worker',
      'Meshlift &amp; &lt;co&gt;',
    ])
      expect(textsOf(svg)).toContain(text);
    expect(svg).not.toMatch(/<style|<image|<animate|href=|url\((?!#)/);
  });

  it('writes the value on every bar, and no legend for a single series', () => {
    const points: Chart['series'][number]['points'] = [
      ['floor', 412_000],
      ['Janus', 41_200],
    ];
    const svg = chartSvg(madeUpChart('compare', { kind: 'bar', series: [{ name: 'only', points }] }));
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['floor', 'Janus', '412,000', '41,200']));
    expect(textsOf(svg)).not.toContain('only');
  });

  it('keeps legend and drawing apart, however many names there are', () => {
    const series = Array.from({ length: 9 }, (_, index) => ({
      name: `one of the relays that were measured, number ${index + 1}`,
      points: [[50, index + 1] as [number, number]],
    }));
    const svg = chartSvg(madeUpChart('many', { kind: 'scatter', series }));
    expect(placeOf(svg, '10')).toBeGreaterThan(placeOf(svg, '.*number 9') + 20);
  });

  it('draws a chart without any values', () => {
    expect(textsOf(chartSvg(madeUpChart('empty', { series: [] })))).toContain('Cost by viewers');
  });
});
