import { type Figure, isMet } from '../result.ts';

/** Fine enough for any figure there is; also the end of the search for a difference. */
const MOST_DECIMALS = 6;

const inText = (value: number, decimals: number) =>
  value.toLocaleString('en', { maximumFractionDigits: decimals });

/** Decimals that leave about three digits to read. */
function decimalsOf(value: number): number {
  const size = Math.abs(value);
  if (size === 0 || size >= 100) return 0;
  return Math.min(MOST_DECIMALS, 2 - Math.floor(Math.log10(size)));
}

/** Such as `136,542`, `12.4` and `0.954`. */
export const shortNumber = (value: number) => inText(value, decimalsOf(value));

/** A figure's parts as a table shows them. */
export interface FigureText {
  title: string;
  median: string;
  range: string;
  aim: string;
  /** `meets` or `misses`; empty where it need not be anything. */
  verdict: string;
  samples: string;
}

export function figureText(figure: Figure): FigureText {
  const { title, unit, median, min, max, aim, samples } = figure;
  let decimals = decimalsOf(median);
  // A figure that misses its aim does not look as if it were the same.
  if (aim && aim.value !== median)
    while (decimals < MOST_DECIMALS && inText(median, decimals) === inText(aim.value, decimals))
      decimals += 1;
  const withUnit = (text: string) => (unit ? `${text} ${unit}` : text);
  const met = isMet(figure);
  return {
    title,
    median: withUnit(inText(median, decimals)),
    range: min === max ? '' : `${inText(min, decimals)} to ${inText(max, decimals)}`,
    aim: aim ? `${aim.is === 'at least' ? '≥' : '≤'} ${withUnit(shortNumber(aim.value))}` : '',
    verdict: met === undefined ? '' : met ? 'meets' : 'misses',
    samples: String(samples),
  };
}
