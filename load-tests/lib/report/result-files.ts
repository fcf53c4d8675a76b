import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { prettifyError } from 'zod';
import { type Chart, type Result, resultSchema } from '../result.ts';
import { chartSvg } from './chart-svg.ts';

const PLAIN = /^[a-z0-9][a-z0-9-]*$/;

/**
 * Writes a result and its charts, in the place of those of an earlier run of the same scenario.
 *
 * @throws Error when the scenario gave something that is no figure, or two things of one name
 */
export function writeResult(folder: string, result: Result): void {
  const valid = parseResult(result, result.scenario);
  mkdirSync(folder, { recursive: true });
  const earlier = readResultFile(folder, `${valid.scenario}.json`);
  for (const chart of earlier?.charts ?? []) rmSync(join(folder, chartFile(valid, chart)), { force: true });
  writeFileSync(join(folder, `${valid.scenario}.json`), `${JSON.stringify(valid, null, 2)}\n`);
  for (const chart of valid.charts) writeFileSync(join(folder, chartFile(valid, chart)), chartSvg(chart));
}

/** All results of a folder; none when it does not exist. @throws Error when a file is no result */
export function readResults(folder: string): Result[] {
  return filesOf(folder, '.json').map((file) =>
    parseResult(JSON.parse(readFileSync(join(folder, file), 'utf8')), join(folder, file)),
  );
}

/** Names of the files of one kind in a folder, in order; none when it does not exist. */
export function filesOf(folder: string, ending: string): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith(ending))
      .toSorted();
  } catch {
    return [];
  }
}

export const chartFile = ({ scenario }: Pick<Result, 'scenario'>, { name }: Chart) =>
  `${scenario}-${name}.svg`;

/** One that cannot be read counts as none: it is about to be replaced. */
function readResultFile(folder: string, file: string): Result | undefined {
  try {
    return resultSchema.parse(JSON.parse(readFileSync(join(folder, file), 'utf8')));
  } catch {
    return undefined;
  }
}

function parseResult(data: unknown, what: string): Result {
  const { success, data: result, error } = resultSchema.safeParse(data);
  if (!success) throw new Error(`${what} is no result:\n${prettifyError(error)}`);
  const names = result.charts.map(({ name }) => name);
  const strange = [result.scenario, ...names].find((name) => !PLAIN.test(name));
  if (strange !== undefined) throw new Error(`${what}: "${strange}" cannot be part of a file's name`);
  const twice = twiceIn(result.figures.map(({ id }) => id)) ?? twiceIn(names);
  if (twice !== undefined) throw new Error(`${what} has "${twice}" twice`);
  return result;
}

const twiceIn = (names: string[]) => names.find((name, index) => names.indexOf(name) !== index);
