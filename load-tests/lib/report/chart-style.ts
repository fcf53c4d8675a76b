/** The size of every chart, in pixels; one with a long title or many names is as much higher. A page may scale it. */
export const CHART = { width: 760, height: 420, margin: 24 } as const;

/** Those of Okabe and Ito, which people of every kind of colour vision tell apart; the dark ones come first. */
export const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#1f2328'] as const;

/** A shape for each colour, for prints in grey. */
export const SHAPES = [
  'circle',
  'rect',
  'triangle',
  'diamond',
  'roundRect',
  'emptyCircle',
  'emptyRect',
] as const;

export const INK = { text: '#1f2328', faint: '#59636e', line: '#d1d9e0', grid: '#eaeef2', card: '#ffffff' };

/** What the reader's system has: a picture in a page may load no font. */
export const FONT = 'system-ui, -apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif';

/** Sizes of letters, in pixels. */
export const TEXT = { title: 16, titleLine: 22, legend: 13, axis: 12 } as const;
