import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scenarios } from '../../scenarios/index.ts';
import type { Scenario } from '../scenario.ts';
import { documents, updateDocuments } from './documents.ts';
import { writeResult } from './result-files.ts';
import { madeUpFigure, madeUpResult } from './testing/made-up.ts';

it('README and charts are what the reference run gives; `npm run docs` brings them up to date', () => {
  const home = join(import.meta.dirname, '..', '..');
  for (const { path, stands, should } of documents(home, scenarios)) expect(stands, path).toBe(should);
});

const scenario = (name: string): Scenario => ({
  ...{ name, title: name, about: `How ${name} goes.`, usual: { rounds: 1, seconds: 60, viewers: [50, 100] } },
  run: () => Promise.reject(new Error('not in this test')),
});
const both = [scenario('fan-out'), scenario('churn')];

describe('the documents', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'meshlift-documents-'));
    const parts = ['scenarios', 'size', 'reference'].map(
      (part) => `<!-- ${part} -->\nold\n<!-- /${part} -->`,
    );
    writeFileSync(join(home, 'README.md'), `# Title\n\n${parts.join('\n\n')}\n\nEnd.\n`);
  });
  afterEach(() => rmSync(home, { recursive: true }));

  function readme(): string {
    updateDocuments(home, both);
    for (const { stands, should } of documents(home, both)) expect(stands).toBe(should);
    return readFileSync(join(home, 'README.md'), 'utf8');
  }

  it('name the scenarios, and say when there is no reference run', () => {
    const text = readme();
    expect(text).toContain('| `churn` | How churn goes. | once for 60 s, 50, 100 viewers |');
    expect(text).toContain('No reference run is committed.');
    expect(text).toContain('The reference run has no figures to work it out from.');
    expect(text).toMatch(/^# Title\n[\s\S]*\nEnd\.\n$/);
  });

  it('show the reference run, in the order of the scenarios', () => {
    const reference = join(home, 'reference');
    const aim = { is: 'at most', value: 200 } as const;
    const missed = { id: 'fan-out.b', title: 'A | B', median: 204, aim };
    writeResult(reference, madeUpResult({ scenario: 'churn', title: 'Churn', notes: ['Nothing left.'] }));
    writeResult(
      reference,
      madeUpResult({
        figures: [madeUpFigure({ aim }), madeUpFigure(missed)],
        discarded: ['round 2: 0.3 % of the packets were lost'],
      }),
    );
    const text = readme();
    expect(text).toContain('Measured on A processor, 2 cores, 23.4 GiB, Linux 6.18.5, Node.js 24.21.0,');
    expect(text).toContain('| Memory for each viewer | ≤ 200 KB | 183 KB | 176 to 205 | meets |');
    expect(text).toContain('| A \\| B | ≤ 200 KB | 204 KB | 176 to 205 | **misses** |');
    expect(text).toContain('`npm run load -- fan-out`: 2026-11-21, commit a34b367, 5 rounds, 12 min.');
    expect(text).toContain('![Cost by viewers](reference/churn-cost.svg)');
    expect(text).toContain('- Nothing left.');
    expect(text).toContain('Thrown away:\n\n- round 2: 0.3 % of the packets were lost');
    expect(text.indexOf('### Fan-out')).toBeLessThan(text.indexOf('### Churn'));
  });

  it('name the machine of each run where there were several', () => {
    const machine = { ...madeUpResult().machine, cpu: 'Another' };
    writeResult(join(home, 'reference'), madeUpResult());
    writeResult(join(home, 'reference'), madeUpResult({ scenario: 'churn', machine }));
    expect(readme()).toMatch(/several machines[\s\S]*12 min, on A processor,[\s\S]*12 min, on Another,/);
  });

  it('have the charts that the results have, and no others', () => {
    writeResult(join(home, 'reference'), madeUpResult());
    const chart = join(home, 'reference', 'fan-out-cost.svg');
    const should = readFileSync(chart, 'utf8');
    writeFileSync(chart, 'changed by hand');
    writeFileSync(join(home, 'reference', 'left-over.svg'), '');
    readme();
    expect(readFileSync(chart, 'utf8')).toBe(should);
    expect(readdirSync(join(home, 'reference'))).toEqual(['fan-out-cost.svg', 'fan-out.json']);
  });
});
