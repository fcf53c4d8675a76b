import type { Chart } from '../result.ts';
import { CHART, TEXT } from './chart-style.ts';

/** Between two names of a legend, beside and below each other, and between a name and its sign; in pixels. */
export const LEGEND = { gap: 12, row: TEXT.legend + 13, toName: 5 } as const;

/** Between the legend, or the title, and the drawing, in pixels. */
const ABOVE_PLOT = 28;

/** Where everything above the drawing stands, in pixels from the chart's top. */
export interface ChartLayout {
  titleLines: string[];
  legendTop: number;
  /** Empty where a single series needs no name. */
  names: { name: string; width: number }[];
  signWidth: number;
  plotTop: number;
  height: number;
}

export function chartLayout({ title, kind, series }: Chart): ChartLayout {
  const inner = CHART.width - 2 * CHART.margin;
  // Bold letters are wider.
  const titleLines = wrapped(title, TEXT.title * 1.1, inner);
  const legendTop = CHART.margin + titleLines.length * TEXT.titleLine;
  const signWidth = kind === 'line' ? 25 : 14;
  const names =
    series.length > 1 ? series.map(({ name }) => ({ name, width: textWidth(name, TEXT.legend) })) : [];
  const rows = rowsOf(
    names.map(({ width }) => signWidth + LEGEND.toName + width),
    inner,
  );
  const more = (titleLines.length - 1) * TEXT.titleLine + Math.max(0, rows - 1) * LEGEND.row;
  return {
    ...{ titleLines, legendTop, names, signWidth },
    plotTop: legendTop + rows * LEGEND.row + ABOVE_PLOT,
    height: CHART.height + more,
  };
}

/** Letters by their width, in parts of their size, in the widest font that is common. */
const NARROW = /[ijlt.,:;'|()[\]f ]/;
const WIDE = /[mwMW%@&]/;
const CAPITAL = /[A-Z]/;

/**
 * About how wide a text is, in pixels, and rather too wide: nothing here draws letters, and the reader's font is not
 * known.
 */
function textWidth(text: string, size: number): number {
  const widthOf = (letter: string) =>
    NARROW.test(letter) ? 0.38 : WIDE.test(letter) ? 0.96 : CAPITAL.test(letter) ? 0.72 : 0.63;
  return Math.ceil([...text].reduce((total, letter) => total + widthOf(letter), 0) * size);
}

/** How many rows a legend takes. */
function rowsOf(widths: readonly number[], available: number): number {
  let rows = 0;
  let used = available;
  for (const width of widths) {
    if (used + LEGEND.gap + width > available) {
      rows += 1;
      used = width;
    } else {
      used += LEGEND.gap + width;
    }
  }
  return rows;
}

/** A text in lines that are no wider than that. */
function wrapped(text: string, size: number, available: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last !== undefined && textWidth(longer, size) > available) lines.push(word);
    else lines.splice(Math.max(0, lines.length - 1), 1, longer);
  }
  return lines;
}
