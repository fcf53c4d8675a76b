import type { Quality } from '../index.ts';
import { type PlayerQuality, playerQualitySchema } from './embed-messages.ts';

/** A quality as an attribute or an address writes it; `auto` for whatever is none. */
export function parseQuality(text: unknown): PlayerQuality {
  const value = typeof text === 'string' && /^\d$/.test(text) ? Number(text) : text;
  const parsed = playerQualitySchema.safeParse(value);
  return parsed.success ? parsed.data : 'auto';
}

/**
 * What to ask the relay for.
 *
 * @param layers how many there are: a stream with fewer than were named gives its largest, and where two are in
 *   the middle, the smaller one is `medium`
 */
export function qualityFor(wanted: PlayerQuality, layers: number): Quality {
  const largest = Math.max(layers - 1, 0);
  switch (wanted) {
    case 'auto':
      return 'auto';
    case 'low':
      return { spatialLayer: 0 };
    case 'medium':
      return { spatialLayer: Math.floor(largest / 2) };
    case 'high':
      return { spatialLayer: largest };
    default:
      return { spatialLayer: Math.min(wanted, largest) };
  }
}

export function isSameQuality(a: Quality, b: Quality): boolean {
  if (a === 'auto' || b === 'auto') return a === b;
  return a.spatialLayer === b.spatialLayer && a.temporalLayer === b.temporalLayer;
}
