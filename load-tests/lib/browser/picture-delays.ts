import type { Moment } from './pages/probe-page.ts';

/**
 * How long after it was drawn each picture was seen, in ms. What was seen twice counts once, and what was seen of
 * pictures whose drawing is not known counts not at all.
 *
 * @param ahead how much the clock of whoever drew is ahead of that of whoever saw, in ms
 */
export function pictureDelays(drawn: readonly Moment[], seen: readonly Moment[], ahead: number): number[] {
  const drawnAt = new Map(drawn);
  const delays: number[] = [];
  for (const [count, at] of seen) {
    const since = drawnAt.get(count);
    if (since === undefined) continue;
    drawnAt.delete(count);
    delays.push(at + ahead - since);
  }
  return delays;
}
