import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { portsToTry } from './media-ports.ts';

describe('the ports that a worker tries', () => {
  const range = fc.record({
    first: fc.integer({ min: 1, max: 60_000 }),
    more: fc.integer({ min: 0, max: 300 }),
  });

  it('are all of the range, once, and first those that the workers before it do not begin with', () => {
    const property = fc.property(range, ({ first, more }) => {
      const last = first + more;
      const orders = Array.from({ length: more + 1 }, (_, index) => portsToTry({ first, last }, index));
      expect(orders.map(([begin]) => begin)).toEqual(Array.from({ length: more + 1 }, (_, i) => first + i));
      for (const order of orders) {
        expect(order).toHaveLength(more + 1);
        expect(new Set(order).size).toBe(more + 1);
        expect([Math.min(...order), Math.max(...order)]).toEqual([first, last]);
      }
    });
    fc.assert(property, { numRuns: 20 });
  });

  it('begin with the one it had', () => {
    expect(portsToTry({ first: 44_400, last: 44_403 }, 1, 44_403)).toEqual([44_403, 44_401, 44_402, 44_400]);
    expect(portsToTry({ first: 44_400, last: 44_403 }, 0, 44_400)).toEqual([44_400, 44_401, 44_402, 44_403]);
  });

  it('are one and no other without a range, and any where none is given', () => {
    expect(portsToTry({ first: 44_400 }, 3, 44_403)).toEqual([44_403]);
    expect(portsToTry({ first: 0 }, 3)).toEqual([0]);
  });
});
