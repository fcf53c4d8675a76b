import { expect, it } from 'vitest';
import { Takeovers } from './takeovers.ts';

it('allows six in any minute', () => {
  const takeovers = new Takeovers();
  for (let at = 0; at < 6_000; at += 1_000) {
    expect(takeovers.allowed(at)).toBe(true);
    takeovers.count(at);
  }
  expect(takeovers.allowed(59_999)).toBe(false);
  expect(takeovers.allowed(60_000)).toBe(true);
});
