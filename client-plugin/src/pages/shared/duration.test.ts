import { expect, test } from 'vitest';
import { durationWords } from './duration.ts';

const MINUTE = 60_000;

test.each([
  [0, 'less than a minute'],
  [29_000, 'less than a minute'],
  [31_000, '1 minute'],
  [59 * MINUTE, '59 minutes'],
  [60 * MINUTE, '1 hour'],
  [61 * MINUTE, '1 hour and 1 minute'],
  [150 * MINUTE, '2 hours and 30 minutes'],
])('%i milliseconds are %s', (milliseconds, words) => {
  expect(durationWords(milliseconds)).toBe(words);
});
