import { expect, it } from 'vitest';
import { Spotlight } from './spotlight.ts';

it('puts the screen that was shared last on the stage, and the one before it when that is over', () => {
  const spotlight = new Spotlight();
  expect(spotlight.on).toBeUndefined();
  spotlight.update(['ada']);
  expect(spotlight.on).toBe('ada');
  spotlight.update(['bob', 'ada']);
  expect(spotlight.on).toBe('bob');
  spotlight.update(['ada']);
  expect(spotlight.on).toBe('ada');
  spotlight.update([]);
  expect(spotlight.on).toBeUndefined();
});

it('keeps to what somebody has chosen, until sharing begins or ends', () => {
  const spotlight = new Spotlight();
  spotlight.toggle('eve');
  expect(spotlight.on).toBe('eve');
  spotlight.update([]);
  expect(spotlight.on).toBe('eve');
  spotlight.update(['ada']);
  expect(spotlight.on).toBe('ada');
  spotlight.toggle('ada');
  expect(spotlight.on).toBeUndefined();
  spotlight.update(['ada']);
  expect(spotlight.on).toBeUndefined();
  spotlight.toggle('eve');
  expect(spotlight.on).toBe('eve');
  spotlight.update([]);
  expect(spotlight.on).toBeUndefined();
});
