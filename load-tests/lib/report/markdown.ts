import { type Figure, isMet, type Machine, type Result } from '../result.ts';
import type { Scenario } from '../scenario.ts';
import { figureText } from './figure-text.ts';
import { chartFile } from './result-files.ts';
import { wishesText } from './wishes-text.ts';

const row = (cells: readonly string[]) =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), `|${'---|'.repeat(head.length)}`, ...rows.map(row)].join('\n');
}

/** What each scenario is about, and what it does when asked for nothing else. */
export function scenariosTable(scenarios: readonly Scenario[]): string {
  if (scenarios.length === 0) return 'There are none yet.';
  return table(
    ['scenario', 'what is to be had of it', 'by itself'],
    scenarios.map(({ name, about, usual }) => [`\`${name}\``, about, wishesText(usual)]),
  );
}

/** The reference run: its machine, the figures that have an aim, then every scenario with its figures and charts. */
export function referenceSection(results: readonly Result[], folder: string): string {
  if (results.length === 0)
    return 'No reference run is committed. `npm run load -- all --reference` makes one.';
  const machines = [...new Set(results.map(({ machine }) => machineText(machine)))];
  const [only] = machines.length === 1 ? machines : [];
  const aims = results.flatMap(({ figures }) => figures).filter(({ aim }) => aim);
  return [
    only === undefined ? 'These runs were made on several machines.' : `Measured on ${only}.`,
    ...(aims.length > 0 ? [aimsTable(aims)] : []),
    ...results.map((result) => scenarioSection(result, folder, only === undefined)),
  ].join('\n\n');
}

function aimsTable(figures: readonly Figure[]): string {
  return table(
    ['figure', 'aim', 'measured', 'range', ''],
    figures.map((figure) => {
      const { title, aim, median, range, verdict } = figureText(figure);
      return [title, aim, median, range, isMet(figure) ? verdict : `**${verdict}**`];
    }),
  );
}

function scenarioSection(result: Result, folder: string, withMachine: boolean): string {
  const { scenario, title, figures, charts, machine, discarded, notes } = result;
  return [
    `### ${title}`,
    `\`npm run load -- ${scenario}\`: ${occasion(result)}${withMachine ? `, on ${machineText(machine)}` : ''}.`,
    ...(figures.length > 0 ? [figuresTable(figures)] : []),
    ...charts.map((chart) => `![${chart.title}](${folder}/${chartFile(result, chart)})`),
    ...(notes.length > 0 ? [bullets(notes)] : []),
    ...(discarded.length > 0 ? [`Thrown away:\n\n${bullets(discarded)}`] : []),
  ].join('\n\n');
}

function figuresTable(figures: readonly Figure[]): string {
  return table(
    ['figure', 'median', 'range', 'samples'],
    figures.map((figure) => {
      const { title, median, range, samples } = figureText(figure);
      return [title, median, range, samples];
    }),
  );
}

/** Such as "2026-11-21, commit a34b367, 5 rounds, 12 min". */
function occasion({ startedAt, commit, seconds, options }: Result): string {
  const rounds = typeof options.rounds === 'number' ? options.rounds : 1;
  const took = seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
  const often = rounds === 1 ? '1 round' : `${rounds} rounds`;
  return [startedAt.slice(0, 10), `commit ${commit}`, often, took].join(', ');
}

export function machineText({ cpu, cores, memoryGiB, kernel, node, mediasoup }: Machine): string {
  const many = cores === 1 ? '1 core' : `${cores} cores`;
  return `${cpu}, ${many}, ${memoryGiB} GiB, Linux ${kernel}, Node.js ${node.replace(/^v/, '')}, mediasoup ${mediasoup}`;
}

const bullets = (texts: readonly string[]) => texts.map((text) => `- ${text}`).join('\n');
