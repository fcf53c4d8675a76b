import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withGeneratedPart } from '../../../signaling/src/docs/generated-part.ts';
import type { Scenario } from '../scenario.ts';
import { chartSvg } from './chart-svg.ts';
import { referenceSection, scenariosTable } from './markdown.ts';
import { chartFile, filesOf, readResults } from './result-files.ts';
import { sizeSection } from './size-section.ts';

/** The folder of the reference run, inside that of the load tests. */
export const REFERENCE = 'reference';

/** A file that is made of others. */
interface MadeFile {
  path: string;
  /** `undefined` where there is no such file. */
  stands: string | undefined;
  /** `undefined` where there should be none. */
  should: string | undefined;
}

/**
 * The documents of the load tests, as they stand and as they should stand: the README with its tables, and the charts
 * of the reference run.
 *
 * @param home the folder of the load tests
 */
export function documents(home: string, scenarios: readonly Scenario[]): MadeFile[] {
  const folder = join(home, REFERENCE);
  const place = (name: string) => scenarios.findIndex((scenario) => scenario.name === name);
  const results = readResults(folder).toSorted((a, b) => place(a.scenario) - place(b.scenario));
  const charts = new Map(
    results.flatMap((result) =>
      result.charts.map((chart) => [chartFile(result, chart), chartSvg(chart)] as const),
    ),
  );
  const files = new Set([...charts.keys(), ...filesOf(folder, '.svg')]);
  return [
    readme(join(home, 'README.md'), {
      scenarios: scenariosTable(scenarios),
      size: sizeSection(results),
      reference: referenceSection(results, REFERENCE),
    }),
    ...[...files].map((file) => {
      const path = join(folder, file);
      const stands = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
      return { path, stands, should: charts.get(file) };
    }),
  ];
}

/** Brings them up to date. */
export function updateDocuments(home: string, scenarios: readonly Scenario[]): void {
  for (const { path, stands, should } of documents(home, scenarios)) {
    if (should === undefined) rmSync(path);
    else if (stands !== should) writeFileSync(path, should);
  }
}

function readme(path: string, parts: Record<string, string>): MadeFile {
  const stands = readFileSync(path, 'utf8');
  const should = Object.entries(parts).reduce(
    (document, [name, content]) => withGeneratedPart(document, name, content),
    stands,
  );
  return { path, stands, should };
}
