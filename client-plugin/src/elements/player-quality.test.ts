import { expect, it } from 'vitest';
import { isSameQuality, parseQuality, qualityFor } from './player-quality.ts';

it.each([
  ['low', 'low'],
  ['high', 'high'],
  ['0', 0],
  ['2', 2],
  [1, 1],
  ['', 'auto'],
  [null, 'auto'],
  ['HIGH', 'auto'],
  ['8', 'auto'],
  ['-1', 'auto'],
  ['1.5', 'auto'],
])('reads the quality %j as %j', (text, quality) => {
  expect(parseQuality(text)).toBe(quality);
});

it.each([
  ['low', 3, 0],
  ['medium', 3, 1],
  ['high', 3, 2],
  ['medium', 2, 0],
  ['high', 2, 1],
  ['medium', 1, 0],
  ['high', 1, 0],
  [1, 3, 1],
  [5, 3, 2],
] as const)('asks for %j of %i layers as layer %i', (wanted, layers, spatialLayer) => {
  expect(qualityFor(wanted, layers)).toEqual({ spatialLayer });
});

it('knows one choice from another', () => {
  expect(qualityFor('auto', 3)).toBe('auto');
  expect(isSameQuality('auto', 'auto')).toBe(true);
  expect(isSameQuality('auto', { spatialLayer: 0 })).toBe(false);
  expect(isSameQuality({ spatialLayer: 1 }, { spatialLayer: 1 })).toBe(true);
  expect(isSameQuality({ spatialLayer: 1 }, { spatialLayer: 1, temporalLayer: 0 })).toBe(false);
});
