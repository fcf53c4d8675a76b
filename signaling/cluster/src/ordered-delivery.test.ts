import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryBus } from './memory-bus.ts';
import { MemoryEngine } from './memory-engine.ts';
import { MAX_WAITING, OrderedDelivery } from './ordered-delivery.ts';
import { SimulatedClock } from './testing/simulated-clock.ts';
import { TestLog } from './testing/test-log.ts';

/** Two processes on one engine, whose time the test moves. */
function setUp() {
  const clock = new SimulatedClock();
  const engine = new MemoryEngine({ clock, maxPayload: 4_000 });
  const process = (self: string) => {
    const bus = new MemoryBus({ engine, log: new TestLog() });
    const delivery = new OrderedDelivery({ bus, self, clock });
    const received: unknown[] = [];
    const lost: string[] = [];
    delivery.on('numbers', (_from, body) => received.push(body));
    delivery.onLostTrack((other) => lost.push(other));
    return { bus, delivery, received, lost };
  };
  return { clock, engine, a: process('a'), b: process('b') };
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('messages between two processes', () => {
  it('arrive in order and once, each with the process that sent it', () => {
    const { clock, a, b } = setUp();
    const from = new Set<string>();
    b.delivery.on('names', (process) => from.add(process));
    for (const number of upTo(1_000)) a.delivery.send('b', 'numbers', number);
    a.delivery.send('b', 'names', null);
    clock.advance(1_000);
    expect(b.received).toEqual(upTo(1_000));
    expect([...from]).toEqual(['a']);
    expect([a.lost, b.lost]).toEqual([[], []]);
  });

  it('that were sent while the engine was away arrive when it is back', () => {
    const { clock, engine, a, b } = setUp();
    engine.stop();
    for (const number of upTo(100)) a.delivery.send('b', 'numbers', number);
    clock.advance(60_000);
    expect(b.received).toEqual([]);
    engine.start();
    clock.advance(10);
    expect(b.received).toEqual(upTo(100));
  });

  it('arrive once when only their acknowledgements are lost', () => {
    const { clock, a, b } = setUp();
    a.delivery.send('b', 'numbers', 0);
    clock.advance(1);
    expect(b.received).toEqual([0]);
    a.bus.link.cutOff({ noticed: false });
    clock.advance(5_000);
    a.bus.link.restore();
    clock.advance(5_000);
    a.delivery.send('b', 'numbers', 1);
    clock.advance(5_000);
    expect(b.received).toEqual([0, 1]);
  });

  it('that are too large to travel together travel one by one', () => {
    const { clock, a, b } = setUp();
    const large = upTo(40).map((number) => `${number} ${'x'.repeat(1_500)}`);
    for (const text of large) a.delivery.send('b', 'numbers', text);
    clock.advance(10_000);
    expect(b.received).toEqual(large);
  });
});

it('nothing is thrown where nobody could catch it when the bus is closed first', async () => {
  const { clock, a, b } = setUp();
  a.delivery.send('b', 'numbers', 0);
  b.delivery.send('a', 'numbers', 0);
  clock.advance(1);
  await a.bus.close();
  a.delivery.send('b', 'numbers', 1);
  expect(() => clock.advance(60_000)).not.toThrow();
});

describe('two processes lose track of each other', () => {
  it('when a message is larger than the bus carries, and what is sent after that arrives', () => {
    const { clock, a, b } = setUp();
    a.delivery.send('b', 'numbers', 0);
    clock.advance(1_000);
    a.delivery.send('b', 'numbers', 'x'.repeat(5_000));
    clock.advance(1_000);
    expect(a.lost).toEqual(['b']);
    a.delivery.send('b', 'numbers', 1);
    clock.advance(1_000);
    expect(b.received).toEqual([0, 1]);
    expect(b.lost).toEqual(['a']);
  });

  it('when more messages wait than memory is kept for', () => {
    const { clock, engine, a, b } = setUp();
    engine.stop();
    for (const number of upTo(MAX_WAITING + 1)) a.delivery.send('b', 'numbers', number);
    expect(a.lost).toEqual(['b']);
    a.delivery.send('b', 'numbers', 'after');
    engine.start();
    clock.advance(10_000);
    expect(b.received).toEqual(['after']);
  });

  it('when the receiver has taken the sender for dead', () => {
    const { clock, a, b } = setUp();
    a.delivery.send('b', 'numbers', 0);
    clock.advance(1_000);
    b.delivery.forget('a');
    a.delivery.send('b', 'numbers', 1);
    clock.advance(1_000);
    expect(a.lost).toEqual(['b']);
    a.delivery.send('b', 'numbers', 2);
    clock.advance(1_000);
    expect(b.received).toEqual([0, 2]);
  });
});

it('whatever the bus loses, each process receives what was sent to it, in order and once', () => {
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant('send' as const), from: fc.constantFrom('a', 'b') }),
    },
    fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 2_000 }) }),
    fc.record({
      do: fc.constantFrom('cut' as const, 'restore' as const),
      of: fc.constantFrom('a' as const, 'b' as const),
    }),
    fc.record({ do: fc.constantFrom('stop' as const, 'start' as const) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const { clock, engine, a, b } = setUp();
      const sides = { a, b };
      const sent = { a: 0, b: 0 };
      for (const one of steps) {
        if (one.do === 'send' && one.from === 'a') a.delivery.send('b', 'numbers', sent.a++);
        if (one.do === 'send' && one.from === 'b') b.delivery.send('a', 'numbers', sent.b++);
        if (one.do === 'wait') clock.advance(one.ms);
        if (one.do === 'cut') sides[one.of].bus.link.cutOff({ noticed: true });
        if (one.do === 'restore') sides[one.of].bus.link.restore();
        if (one.do === 'stop') engine.stop();
        if (one.do === 'start') engine.start();
      }
      engine.start();
      a.bus.link.restore();
      b.bus.link.restore();
      clock.advance(20_000);
      expect(b.received).toEqual(upTo(sent.a));
      expect(a.received).toEqual(upTo(sent.b));
      expect([a.lost, b.lost]).toEqual([[], []]);
    }),
    { numRuns: 500 },
  );
});
