import type { Aim, Figure } from './result.ts';

/**
 * The value below which so many of the values lie, between the two next to it where it falls between them.
 *
 * @param part from 0 to 1
 * @returns `NaN` of no values
 */
export function quantile(values: readonly number[], part: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).toSorted();
  const place = (sorted.length - 1) * part;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place - Math.floor(place));
}

export const median = (values: readonly number[]) => quantile(values, 0.5);

export const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** The straight line that is least far from the points, by squares. */
export function fitLine(points: readonly (readonly [number, number])[]): {
  slope: number;
  intercept: number;
} {
  const meanX = sum(points.map(([x]) => x)) / points.length;
  const meanY = sum(points.map(([, y]) => y)) / points.length;
  const spread = sum(points.map(([x]) => (x - meanX) ** 2));
  const slope = sum(points.map(([x, y]) => (x - meanX) * (y - meanY))) / spread;
  return { slope, intercept: meanY - slope * meanX };
}

/** A figure of what the rounds gave. */
export function figure(
  { id, title, unit, aim }: { id: string; title: string; unit: string; aim?: Aim | undefined },
  values: readonly number[],
): Figure {
  return {
    id,
    title,
    unit,
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
    samples: values.length,
    ...(aim && { aim }),
  };
}
