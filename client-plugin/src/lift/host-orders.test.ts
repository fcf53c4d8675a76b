import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HostOrder } from '../mesh/messages.ts';
import { HostOrders } from './host-orders.ts';

class Page {
  passed: (HostOrder | undefined)[] = [];
  readonly orders: HostOrders = new HostOrders({
    pass: () => this.passed.push(this.orders.latest),
    changed: () => undefined,
  });

  hear(...others: Page[]): this {
    for (const { orders } of others) if (orders.latest) this.orders.hear(orders.latest);
    return this;
  }
}

const pageThatOrdered = (...[mode, epoch]: Parameters<HostOrders['give']>): Page => {
  const page = new Page();
  page.orders.give(mode, epoch);
  return page;
};

const permitted = ({ orders }: Page) => [0, 1, 2, 3].filter((epoch) => orders.permits(epoch));

describe('what hosts order', () => {
  it('is nothing at first: no epoch is permitted', () => {
    expect(permitted(new Page())).toEqual([]);
  });

  it('is the relay in one epoch', () => {
    expect(permitted(pageThatOrdered('sfu', 2))).toEqual([2]);
  });

  it('is the relay in every epoch with auto, until a host names a mode', () => {
    const page = pageThatOrdered('auto', 0);
    expect(permitted(page)).toEqual([0, 1, 2, 3]);
    page.orders.give('mesh', 1);
    expect(permitted(page)).toEqual([]);
  });

  it('reaches those who come later from whoever knows it', () => {
    const host = pageThatOrdered('sfu', 2);
    const guest = new Page().hear(host);
    expect(permitted(new Page().hear(guest))).toEqual([2]);
  });

  it('is passed on by whoever gives it', () => {
    const host = pageThatOrdered('sfu', 2);
    expect(host.passed).toEqual([host.orders.latest]);
  });
});

describe('an order that is over', () => {
  it('moves nobody when the switch was called off, those included who come later', () => {
    const host = pageThatOrdered('sfu', 2);
    const guest = new Page().hear(host);
    guest.orders.end(guest.orders.idFor(2) ?? '');
    expect(permitted(guest)).toEqual([]);
    // The host's page has not heard yet that it was called off.
    expect(permitted(guest.hear(host))).toEqual([]);
    expect(permitted(new Page().hear(host, guest))).toEqual([]);
  });

  it('is passed on by whoever gave it, in case that the server holds the end back from others', () => {
    const host = pageThatOrdered('sfu', 2);
    const guest = new Page().hear(host);
    guest.orders.end(guest.orders.idFor(2) ?? '');
    expect(guest.passed).toEqual([]);
    host.orders.lowered(2);
    expect(host.passed).toHaveLength(2);
    expect(host.passed.at(-1)?.over).toBe(true);
  });

  it('does not end the one after it', () => {
    const host = pageThatOrdered('sfu', 2);
    const first = host.orders.idFor(2) ?? '';
    host.orders.give('sfu', 2);
    host.orders.end(first);
    expect(permitted(host)).toEqual([2]);
  });

  it.each([
    ['lowered in its epoch', 'lowered', 2, []],
    ['lowered later', 'lowered', 3, []],
    ['ordered for the epoch after it was lowered', 'lowered', 1, [2]],
    ['ordered for an epoch further on', 'lowered', 0, []],
    ['of the time before a restart', 'rewound', 0, []],
    ['ordered since the restart', 'rewound', 1, [2]],
  ] as const)('is one %s', (_, event, epoch, left) => {
    const page = pageThatOrdered('sfu', 2);
    page.orders[event](epoch);
    expect(permitted(page)).toEqual(left);
  });

  it('is one that has lifted this page once, whatever epoch the server tells then', () => {
    const page = pageThatOrdered('sfu', 2);
    page.orders.lowered(1, page.orders.idFor(2));
    expect(permitted(page)).toEqual([]);
  });

  it('is never one of auto', () => {
    const page = pageThatOrdered('auto', 1);
    page.orders.lowered(3);
    page.orders.rewound(0);
    expect(permitted(page)).toEqual([0, 1, 2, 3]);
    expect(page.orders.idFor(1)).toBeUndefined();
  });
});

it('ends the same on all pages, in whatever order they hear of each other', () => {
  const step = fc.tuple(
    fc.nat(3),
    fc.nat(3),
    fc.constantFrom('sfu', 'mesh', 'auto', 'end', 'hear'),
    fc.nat(3),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const pages = [new Page(), new Page(), new Page(), new Page()] as const;
      const at = (index: number) => pages[index] ?? pages[0];
      for (const [one, other, action, epoch] of steps) {
        const { orders } = at(one);
        if (action === 'hear') at(one).hear(at(other));
        else if (action === 'end') orders.end(orders.idFor(epoch) ?? '');
        else orders.give(action, epoch);
      }
      for (const page of pages) page.hear(...pages);
      for (const page of pages) page.hear(...pages);
      const [first, ...others] = pages.map(({ orders }) => orders.latest);
      for (const other of others) expect(other).toEqual(first);
    }),
  );
});
