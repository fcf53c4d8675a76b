import { expect, test } from 'vitest';
import { Fence } from './fence.ts';

const [a, b] = ['node-a', 'node-b'];
const passes = (fence: Fence, owner: string, generation: number, name = 'x') => {
  try {
    fence.check(name, { owner, generation });
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'STALE_OWNER', status: 409 });
    return false;
  }
};

test('a fence lets each owner pass until a later one has', () => {
  const fence = new Fence();
  expect([passes(fence, a, 1), passes(fence, a, 1), passes(fence, b, 2)]).toEqual([true, true, true]);
  expect([passes(fence, a, 1), passes(fence, b, 2), passes(fence, a, 3)]).toEqual([false, true, true]);
});

test('a fence lets nobody else pass under a generation that it has seen', () => {
  const fence = new Fence();
  expect([passes(fence, a, 2), passes(fence, b, 2), passes(fence, a, 2)]).toEqual([true, false, true]);
});

test('a fence keeps names apart, and forgets one on request', () => {
  const fence = new Fence();
  expect([passes(fence, a, 5), passes(fence, b, 1, 'y'), passes(fence, b, 1)]).toEqual([true, true, false]);
  fence.forget('x');
  expect(passes(fence, b, 1)).toBe(true);
});
