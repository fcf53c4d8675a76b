import { expect, it } from 'vitest';
import { Pseudonyms } from './pseudonym.ts';

it('V3: the stand-in for an address changes every day and differs between processes', () => {
  let now = 0;
  const pseudonyms = new Pseudonyms(() => now);
  const today = pseudonyms.of('address', '203.0.113.7');
  now = 23 * 3_600_000;
  expect(pseudonyms.of('address', '203.0.113.7')).toBe(today);
  now = 24 * 3_600_000;
  expect(pseudonyms.of('address', '203.0.113.7')).not.toBe(today);
  expect(new Pseudonyms(() => 0).of('address', '203.0.113.7')).not.toBe(today);
});
