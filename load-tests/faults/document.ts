import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withGeneratedPart } from '../../signaling/src/docs/generated-part.ts';
import { machineText, table } from '../lib/report/markdown.ts';
import { filesOf } from '../lib/report/result-files.ts';
import { median, quantile } from '../lib/statistics.ts';
import { type Bound, type Fault, type MeasuredFault, measuredSchema } from './fault.ts';
import { isKept, worstOf } from './measure.ts';

const FOLDER = 'reference';

/** Keeps what was measured of a row, in the place of what was there before. */
export function keepResult(home: string, result: MeasuredFault): void {
  const folder = join(home, FOLDER);
  mkdirSync(folder, { recursive: true });
  const rounded = Object.fromEntries(
    Object.entries(result.observed).map(([id, values]) => [id, values.map((value) => Math.round(value))]),
  );
  const file = join(folder, `row-${String(result.row).padStart(2, '0')}.json`);
  writeFileSync(file, `${JSON.stringify({ ...result, observed: rounded })}\n`);
}

/** The document with the table of what is kept, as it stands and as it should stand. */
export function faultsDocument(
  home: string,
  faults: readonly Fault[],
): { path: string; stands: string; should: string } {
  const path = join(home, '..', 'FAULTS.md');
  const stands = readFileSync(path, 'utf8');
  return {
    path,
    stands,
    should: withGeneratedPart(stands, 'faults', section(resultsIn(join(home, FOLDER)), faults)),
  };
}

export function updateFaultsDocument(home: string, faults: readonly Fault[]): void {
  const { path, stands, should } = faultsDocument(home, faults);
  if (stands !== should) writeFileSync(path, should);
}

function resultsIn(folder: string): MeasuredFault[] {
  return filesOf(folder, '.json').map((file) =>
    measuredSchema.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))),
  );
}

function section(results: readonly MeasuredFault[], faults: readonly Fault[]): string {
  const rows = faults.flatMap((fault) => {
    const result = results.find(({ row }) => row === fault.row);
    return fault.bounds.map((bound, index) => rowOf(fault, bound, result, index === 0));
  });
  const machines = new Set(results.map(({ machine }) => machineText(machine)));
  return [
    table(['row', 'fault', 'what is bounded', 'bound', 'runs', 'median', 'p95', 'worst', ''], rows),
    ...(machines.size > 0 ? [`Measured on ${[...machines].join('; and on ')}.`] : []),
    ...(results.length > 0
      ? [
          table(
            ['row', 'date', 'commit', 'load of the machine before and after', 'runs that came to no end'],
            results.map(({ row, startedAt, commit, load, failures }) => [
              String(row),
              startedAt.slice(0, 10),
              commit,
              load.map((value) => value.toFixed(1)).join(', '),
              failures.length === 0 ? 'none' : [...new Set(failures)].join('; '),
            ]),
          ),
        ]
      : []),
  ].join('\n\n');
}

function rowOf(
  { row, title }: Fault,
  bound: Bound,
  result: MeasuredFault | undefined,
  first: boolean,
): string[] {
  const values = result?.observed[bound.id] ?? [];
  const text = (value: number) => (values.length === 0 ? '' : `${Math.round(value)} ${bound.unit}`.trim());
  const { is, of, unit, value } = bound;
  const many = of === 'p95' ? 'p95 ' : '';
  const verdict = isKept(bound, values) ? 'kept' : '**missed**';
  return [
    first ? String(row) : '',
    first ? title : '',
    bound.title,
    `${many}${is} ${value} ${unit}`.trim(),
    first ? String(result?.runs ?? '') : '',
    text(median(values)),
    text(quantile(values, is === 'at most' ? 0.95 : 0.05)),
    text(worstOf(is, values)),
    values.length === 0 ? 'not measured' : verdict,
  ];
}
