import { MeshliftError } from '@meshlift/protocol';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Bus } from './bus.ts';

/** How the suite gets buses that meet in one engine, and breaks the engine. */
export interface BusSetup {
  /** A bus of its own process. The engine knows of it; it is closed after the test. */
  connect(): Promise<Bus>;
  /** Ends the engine without warning. */
  stopEngine(): Promise<void>;
  /** Brings it back; every bus has found it again when this resolves. */
  startEngine(): Promise<void>;
  /** The largest message the engine takes, in bytes. */
  maxPayload: number;
}

const soon = { timeoutMs: 5_000 };

/** What every `Bus` keeps. */
export function busContract(name: string, setUp: () => Promise<BusSetup>): void {
  describe(`the bus ${name}`, () => {
    test('carries a request to whoever serves the subject, and its answer back', async () => {
      const { a, b } = await pair();
      await serving(b, 'node.b', (payload) => ({ got: payload, list: [1, null, 'x'] }));
      expect(await a.request('node.b', { n: 1 }, soon)).toEqual({ got: { n: 1 }, list: [1, null, 'x'] });
    });

    test('carries a request to its own process too', async () => {
      const { a } = await pair();
      await serving(a, 'node.a', () => 'here');
      expect(await a.request('node.a', undefined, soon)).toBe('here');
    });

    test('carries undefined in both directions', async () => {
      const { a, b } = await pair();
      const seen: unknown[] = [];
      await serving(b, 'node.b', (payload) => void seen.push(payload));
      expect(await a.request('node.b', undefined, soon)).toBeUndefined();
      expect(seen).toEqual([undefined]);
    });

    test('hands over copies, never the objects themselves', async () => {
      const { a, b } = await pair();
      const kept = { list: ['as it was'] };
      await serving(b, 'node.b', (payload) => {
        (payload as typeof kept).list.push('changed');
        return kept;
      });
      const sent = { list: ['sent'] };
      const got = (await a.request('node.b', sent, soon)) as typeof kept;
      got.list.push('changed');
      expect(sent).toEqual({ list: ['sent'] });
      expect(kept).toEqual({ list: ['as it was'] });
    });

    test('hands each listener a copy of its own', async () => {
      const { a, b } = await pair();
      const heard: unknown[] = [];
      const both = Promise.all(
        [1, 2].map(
          (n) =>
            new Promise<void>((resolve) => {
              b.subscribe('news', (payload) => {
                heard.push(structuredClone(payload));
                (payload as { n: number }).n = -n;
                resolve();
              });
            }),
        ),
      );
      await b.flush();
      a.publish('news', { n: 0 });
      await both;
      expect(heard).toEqual([{ n: 0 }, { n: 0 }]);
    });

    test('answers no sooner than the caller has returned', async () => {
      const { a } = await pair();
      const order: string[] = [];
      await serving(a, 'node.a', () => order.push('handled'));
      const answered = a.request('node.a', {}, soon);
      order.push('asked');
      await answered;
      expect(order).toEqual(['asked', 'handled']);
    });

    test('carries coded errors with code, message, reference and the time to wait', async () => {
      const { a, b } = await pair();
      await serving(b, 'node.b', () => {
        throw new MeshliftError('SERVER_FULL', 'Nothing is left.', { retryAfter: 3, reference: 'ab12' });
      });
      const failure = await a.request('node.b', {}, soon).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(MeshliftError);
      expect(failure).toMatchObject({
        code: 'SERVER_FULL',
        message: 'Nothing is left.',
        retryAfter: 3,
        reference: 'ab12',
      });
    });

    test('answers an error without a code as INTERNAL and says nothing of it', async () => {
      const { a, b } = await pair();
      await serving(b, 'node.b', async () => {
        throw new Error('a secret');
      });
      const failure = await a.request('node.b', {}, soon).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'INTERNAL' });
      expect(String(failure)).not.toContain('a secret');
    });

    test('fails at once when nobody serves the subject, and after the server has stopped serving', async () => {
      const { a, b } = await pair();
      const asked = () => a.request('node.b', {}, { timeoutMs: 60_000 });
      await expect(asked()).rejects.toMatchObject({ code: 'NODE_UNREACHABLE' });
      const served = await serving(b, 'node.b', () => 'here');
      expect(await asked()).toBe('here');
      served.close();
      served.close();
      await b.flush();
      await expect(asked()).rejects.toMatchObject({ code: 'NODE_UNREACHABLE' });
    });

    test('fails when no answer comes in time, and drops the answer that comes later', async () => {
      const { a, b } = await pair();
      const late = Promise.withResolvers<string>();
      let asked = 0;
      await serving(b, 'node.b', () => (asked++ === 0 ? late.promise : 'second'));
      const first = a.request('node.b', {}, { timeoutMs: 50 });
      await expect(first).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
      late.resolve('first');
      expect(await a.request('node.b', {}, soon)).toBe('second');
    });

    test('handles requests side by side, begun in the order in which they were sent', async () => {
      const { a, b } = await pair();
      const begun: unknown[] = [];
      const gates = [0, 1, 2].map(() => Promise.withResolvers<void>());
      await serving(b, 'node.b', async (payload) => {
        begun.push(payload);
        if (begun.length === gates.length) for (const gate of gates) gate.resolve();
        await gates[payload as number]?.promise;
        return payload;
      });
      expect(await Promise.all(gates.map((_, i) => a.request('node.b', i, soon)))).toEqual([0, 1, 2]);
      expect(begun).toEqual([0, 1, 2]);
    });

    test('lets one bus serve a subject once, and another bus serve it too: one of them answers', async () => {
      const { a, b } = await pair();
      let handled = 0;
      await serving(a, 'node.x', () => ++handled);
      expect(() => a.serve('node.x', () => 0)).toThrow(TypeError);
      await serving(b, 'node.x', () => ++handled);
      await Promise.all(Array.from({ length: 20 }, () => a.request('node.x', {}, soon)));
      expect(handled).toBe(20);
    });

    test('publishes to all who subscribe, itself included, in order', async () => {
      const { a, b } = await pair();
      const heard = { a: [] as unknown[], b: [] as unknown[] };
      const last = [a, b].map(
        (bus) =>
          new Promise<void>((resolve) => {
            bus.subscribe('news', (payload) => {
              heard[bus === a ? 'a' : 'b'].push(payload);
              if (payload === 3) resolve();
            });
          }),
      );
      await Promise.all([a.flush(), b.flush()]);
      for (const n of [1, 2, 3]) a.publish('news', n);
      await Promise.all(last);
      expect(heard).toEqual({ a: [1, 2, 3], b: [1, 2, 3] });
    });

    test('goes on when a listener throws', async () => {
      const { a, b } = await pair();
      const heard = Promise.withResolvers<unknown>();
      b.subscribe('news', () => {
        throw new Error('a listener with a fault');
      });
      b.subscribe('news', heard.resolve);
      await b.flush();
      a.publish('news', 'still');
      expect(await heard.promise).toBe('still');
    });

    test('ends a subscription with close, and only that one', async () => {
      const { a, b } = await pair();
      const heard: unknown[] = [];
      const ended = b.subscribe('news', () => heard.push('ended'));
      const second = Promise.withResolvers<unknown>();
      b.subscribe('news', second.resolve);
      ended.close();
      ended.close();
      await b.flush();
      a.publish('news', 1);
      await second.promise;
      expect(heard).toEqual([]);
    });

    test('refuses what is no subject', async () => {
      const { a } = await pair();
      for (const subject of ['', 'a b', 'a.*', '>', 'a..b', '.a', 'a.', 'é', 'a\r\nPUB x', 'x'.repeat(201)]) {
        await expect(a.request(subject, {}, soon)).rejects.toThrow(TypeError);
        expect(() => a.publish(subject, {})).toThrow(TypeError);
        expect(() => a.serve(subject, () => 0)).toThrow(TypeError);
        expect(() => a.subscribe(subject, () => {})).toThrow(TypeError);
      }
    });

    test('refuses what the engine would not carry, and lives on', async () => {
      const { a, b, maxPayload } = await pair();
      const large = 'x'.repeat(maxPayload);
      await serving(b, 'node.b', (payload) => (payload === 'large' ? large : 'small'));
      await expect(a.request('node.b', large, soon)).rejects.toMatchObject({ code: 'TOO_LARGE' });
      expect(() => a.publish('news', large)).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }));
      await expect(a.request('node.b', 'large', soon)).rejects.toMatchObject({ code: 'TOO_LARGE' });
      expect(await a.request('node.b', 'x'.repeat(maxPayload / 2), soon)).toBe('small');
    });

    test('fails clearly while the engine is gone, and serves again when it is back', async () => {
      const { a, b, stopEngine, startEngine } = await pair();
      const changes: boolean[] = [];
      a.onConnection((connected) => changes.push(connected));
      const held = Promise.withResolvers<void>();
      const begun = Promise.withResolvers<void>();
      await serving(b, 'node.b', async (payload) => {
        begun.resolve();
        if (payload === 'held') await held.promise;
        return 'here';
      });
      const heard = Promise.withResolvers<unknown>();
      b.subscribe('news', heard.resolve);
      const lost = a.request('node.b', 'held', { timeoutMs: 60_000 }).catch((error: unknown) => error);
      await begun.promise;

      await stopEngine();
      expect(await lost).toMatchObject({ code: 'DIRECTORY_UNAVAILABLE', status: 503, retryAfter: 2 });
      await expect(a.request('node.b', {}, { timeoutMs: 60_000 })).rejects.toMatchObject({
        code: 'DIRECTORY_UNAVAILABLE',
      });
      expect(a.connected).toBe(false);
      expect(() => a.publish('news', 'dropped')).not.toThrow();
      await expect(a.flush()).rejects.toMatchObject({ code: 'DIRECTORY_UNAVAILABLE' });
      const meanwhile = Promise.withResolvers<unknown>();
      b.subscribe('more', meanwhile.resolve);
      held.resolve();

      await startEngine();
      expect(a.connected).toBe(true);
      expect(changes).toEqual([false, true]);
      await b.flush();
      expect(await a.request('node.b', {}, soon)).toBe('here');
      a.publish('news', 'heard');
      a.publish('more', 'heard');
      expect(await heard.promise).toBe('heard');
      expect(await meanwhile.promise).toBe('heard');
    });

    test('ends with close: requests under way fail, nothing is served, and closing again changes nothing', async () => {
      const { a, b } = await pair();
      const begun = Promise.withResolvers<void>();
      await serving(b, 'node.b', () => {
        begun.resolve();
        return new Promise(() => {});
      });
      await serving(a, 'node.a', () => 'here');
      const asked = a.request('node.b', {}, { timeoutMs: 60_000 }).catch((error: unknown) => error);
      await begun.promise;
      await a.close();
      await a.close();
      expect(await asked).toMatchObject({ code: 'SERVER_CLOSING' });
      expect(a.connected).toBe(false);
      await expect(a.request('node.b', {}, soon)).rejects.toMatchObject({ code: 'SERVER_CLOSING' });
      expect(() => a.publish('news', 1)).toThrow(expect.objectContaining({ code: 'SERVER_CLOSING' }));
      await b.flush();
      await expect(b.request('node.a', {}, soon)).rejects.toMatchObject({ code: 'NODE_UNREACHABLE' });
    });
  });

  async function pair(): Promise<BusSetup & { a: Bus; b: Bus }> {
    const setup = await setUp();
    const [a, b] = await Promise.all([setup.connect(), setup.connect()]);
    return { ...setup, a, b };
  }

  /** Serves until the test ends; the engine knows of it when this resolves. */
  async function serving(bus: Bus, ...[subject, handler]: Parameters<Bus['serve']>) {
    const served = bus.serve(subject, handler);
    onTestFinished(() => served.close());
    await bus.flush();
    return served;
  }
}
