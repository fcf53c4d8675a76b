import { expect, it } from 'vitest';
import { expiring } from './expiring.ts';

it('holds nothing any more when its time is over, though nobody asks', async () => {
  const names = expiring<true>({ max: 10, ttl: 50 });
  for (const name of ['one', 'two', 'three']) names.set(name, true);
  expect(names.size).toBe(3);
  await expect.poll(() => names.size).toBe(0);
});
