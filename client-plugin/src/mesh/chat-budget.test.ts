import { expect, test } from 'vitest';
import { ChatBudget } from './chat-budget.ts';

test('who talks fast is heard, and who floods is heard now and then', () => {
  const budget = new ChatBudget();
  const heard = (messages: number, now: number) =>
    Array.from({ length: messages }, () => budget.take(now)).filter(Boolean).length;
  expect(heard(20, 1_000)).toBe(20);
  expect(heard(1_000, 1_000)).toBe(0);
  expect(heard(1_000, 2_000)).toBe(2);
  expect(heard(1_000, 60_000)).toBe(20);
});
