import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pipePorts } from './pipe-ports.ts';

it.each([
  ['the default', 44_400, 4, { min: 10_000, max: 44_399 }],
  ['low media ports', 10_010, 8, { min: 10_018, max: 59_999 }],
  ['media ports below all', 8_000, 1, { min: 10_000, max: 59_999 }],
  ['media ports above all', 60_000, 1, { min: 10_000, max: 59_999 }],
  ['media ports that are chosen', 0, 4, { min: 10_000, max: 59_999 }],
])('pipes have ports of their own: %s', (_, first, count, range) => {
  expect(pipePorts(first, count)).toEqual(range);
});

it('pipes never have a media port, and thousands of others', () => {
  const property = fc.property(
    fc.integer({ min: 1, max: 65_535 }),
    fc.integer({ min: 1, max: 256 }),
    (first, count) => {
      const { min, max } = pipePorts(first, count);
      expect(first > max || first + count - 1 < min).toBe(true);
      expect(max - min).toBeGreaterThan(20_000);
    },
  );
  fc.assert(property);
});
