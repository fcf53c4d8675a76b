import type { Result } from '../result.ts';
import { figureText } from './figure-text.ts';

/** A result for people at a terminal: its figures, what was thrown away, and its notes. */
export function terminalTable({ title, figures, discarded, notes }: Result): string {
  const rows = [
    ['', 'median', 'range', 'aim', '', 'samples'],
    ...figures.map((figure) => {
      const text = figureText(figure);
      return [text.title, text.median, text.range, text.aim, text.verdict, text.samples];
    }),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return [
    title,
    ...lines,
    ...discarded.map((reason) => `thrown away: ${reason}`),
    ...notes.map((note) => `note: ${note}`),
  ]
    .map((line, index) => (index === 0 ? line : `  ${line}`).trimEnd())
    .join('\n');
}
