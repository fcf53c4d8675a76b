/** The size of every chart, in pixels. A page may scale it. */
export const CHART = { width: 760, height: 420, margin: 24 } as const;

/** Those of Okabe and Ito, which people of every kind of colour vision tell apart; the dark ones come first. */
export const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#1f2328'] as const;

/** A shape for each colour, for prints in grey. */
export const SHAPES = ['circle', 'rect', 'triangle', 'diamond', 'roundRect', 'pin', 'arrow'] as const;

export const INK = { text: '#1f2328', faint: '#59636e', line: '#d1d9e0', grid: '#eaeef2', card: '#ffffff' };

/** What the reader's system has: a picture in a page may load no font. */
export const FONT = 'system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif';

export const TEXT = { title: 16, legend: 13, axis: 12 } as const;

/** What a legend puts before and behind each name, in pixels. */
export const LEGEND_ICON = 25;
export const LEGEND_GAP = 18;

/**
 * About how wide a text is, in pixels, and rather too wide: nothing here draws letters, and the reader's font is not
 * known.
 */
export const textWidth = (text: string, size: number) => text.length * size * 0.6;

/** How many rows pieces take that are set one after another. */
export function rowsOf(widths: readonly number[], gap: number, available: number): number {
  let rows = 1;
  let used = 0;
  for (const width of widths) {
    if (used > 0 && used + gap + width > available) {
      rows += 1;
      used = 0;
    }
    used += (used > 0 ? gap : 0) + width;
  }
  return rows;
}

/** A text in lines that are no wider than that. */
export function wrapped(text: string, size: number, available: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last !== undefined && textWidth(longer, size) > available) lines.push(word);
    else lines.splice(Math.max(0, lines.length - 1), 1, longer);
  }
  return lines;
}
