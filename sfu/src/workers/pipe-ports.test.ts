import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pipePorts } from './pipe-ports.ts';

it.each([
  ['the default', { min: 44_400, max: 44_403 }, { min: 10_000, max: 44_399 }],
  ['low media ports', { min: 10_010, max: 10_017 }, { min: 10_018, max: 59_999 }],
  ['media ports below all', { min: 8_000, max: 8_000 }, { min: 10_000, max: 59_999 }],
  ['media ports above all', { min: 60_000, max: 60_000 }, { min: 10_000, max: 59_999 }],
  ['media ports that are chosen', undefined, { min: 10_000, max: 59_999 }],
])('pipes have ports of their own: %s', (_, media, range) => {
  expect(pipePorts(media)).toEqual(range);
});

it('pipes never have a media port, and thousands of others', () => {
  const property = fc.property(
    fc.integer({ min: 1, max: 65_535 }),
    fc.integer({ min: 1, max: 1_024 }),
    (first, count) => {
      const { min, max } = pipePorts({ min: first, max: first + count - 1 });
      expect(first > max || first + count - 1 < min).toBe(true);
      expect(max - min).toBeGreaterThan(20_000);
    },
  );
  fc.assert(property);
});
