import { describe, expect, test } from 'vitest';
import { BUCKETS, type Change, type Store } from './store.ts';
import { until } from './testing/until.ts';

/** How the suite gets stores that share one engine, and breaks the engine. */
export interface StoreSetup {
  /** A store of its own process; it is closed after the test. */
  connect(): Promise<Store>;
  /** Ends the engine without warning. */
  stopEngine(): Promise<void>;
  /** Brings it back, with or without what it had stored; every store has found it again when this resolves. */
  startEngine(stored: 'kept' | 'lost'): Promise<void>;
}

/** What every `Store` keeps. */
export function storeContract(name: string, setUp: () => Promise<StoreSetup>): void {
  describe(`the store ${name}`, () => {
    test('gives back what was written last, with its revision', async () => {
      const { a, b } = await pair();
      expect(await a.get('streams', 'x')).toBeUndefined();
      const first = await a.write('streams', 'x', { n: 1 }, { after: undefined });
      expect(await b.get('streams', 'x')).toEqual({ key: 'x', value: { n: 1 }, revision: first, ours: true });
      const second = await b.write('streams', 'x', { n: 2 }, { after: first });
      expect(second).toBeGreaterThan(first ?? Number.NaN);
      expect(await a.get('streams', 'x')).toEqual({
        key: 'x',
        value: { n: 2 },
        revision: second,
        ours: true,
      });
    });

    test('keeps buckets apart, and counts revisions over all keys of a bucket', async () => {
      const { a } = await pair();
      const x = await a.write('streams', 'x', 1, { after: undefined });
      const y = await a.write('streams', 'y', 1, { after: undefined });
      expect(y).toBeGreaterThan(x ?? Number.NaN);
      expect(await a.get('rooms', 'x')).toBeUndefined();
    });

    test('lets one of several win who write at the same time', async () => {
      const { a, b } = await pair();
      const race = (after: number | undefined) =>
        Promise.all([a, b, a, b].map((store, i) => store.write('streams', 'x', i, { after })));
      const won = (await race(undefined)).filter((revision) => revision !== undefined);
      expect(won).toHaveLength(1);
      expect((await race(won[0])).filter((revision) => revision !== undefined)).toHaveLength(1);
    });

    test('refuses a write after what is not there any more', async () => {
      const { a, b } = await pair();
      const first = await a.write('streams', 'x', 1, { after: undefined });
      await b.write('streams', 'x', 2, { after: first });
      expect(await a.write('streams', 'x', 3, { after: first })).toBeUndefined();
      expect(await a.write('streams', 'x', 3, { after: undefined })).toBeUndefined();
      expect(await a.write('streams', 'other', 3, { after: first })).toBeUndefined();
      expect((await a.get('streams', 'x'))?.value).toBe(2);
    });

    test('removes what is still as it was, and takes it anew after that', async () => {
      const { a, b } = await pair();
      const first = await a.write('streams', 'x', 1, { after: undefined });
      const second = await a.write('streams', 'x', 2, { after: first });
      expect(await b.remove('streams', 'x', first ?? 0)).toBe(false);
      expect(await b.remove('streams', 'x', second ?? 0)).toBe(true);
      expect(await a.get('streams', 'x')).toBeUndefined();
      expect(await a.write('streams', 'x', 3, { after: second })).toBeUndefined();
      const third = await a.write('streams', 'x', 3, { after: undefined });
      expect(third).toBeGreaterThan(second ?? Number.NaN);
    });

    test('shows those who watch what is there, what changes and what is removed', async () => {
      const { a, b } = await pair();
      const before = await a.write('nodes', 'before', 'x', { after: undefined });
      const all: Change[] = [];
      const changes: Change[] = [];
      const watching = await b.watch('nodes', 'current', (change) => all.push(change));
      await until(() => all.length === 1);
      await b.watch('streams', 'changes', (change) => changes.push(change));
      const revision = await a.write('nodes', 'after', 'y', { after: undefined });
      await a.remove('nodes', 'before', before ?? 0);
      await until(() => all.length === 3);
      expect(all).toEqual([
        { key: 'before', entry: { key: 'before', value: 'x', revision: before, ours: true } },
        { key: 'after', entry: { key: 'after', value: 'y', revision, ours: true } },
        { key: 'before', entry: undefined },
      ]);
      watching.close();
      watching.close();
      await a.write('nodes', 'unseen', 'z', { after: undefined });
      await a.write('streams', 'seen', 's', { after: undefined });
      await until(() => changes.length > 0);
      expect(all).toHaveLength(3);
    });

    test('shows those who watch only changes nothing of what was there', async () => {
      const { a, b } = await pair();
      await a.write('streams', 'before', 1, { after: undefined });
      const changes: string[] = [];
      await b.watch('streams', 'changes', ({ key }) => changes.push(key));
      await a.write('streams', 'after', 1, { after: undefined });
      await until(() => changes.length > 0);
      expect(changes).toEqual(['after']);
    });

    test(
      'forgets what is not renewed',
      async () => {
        const { a } = await pair();
        await a.write('nodes', 'x', 1, { after: undefined });
        const kept = await a.write('streams', 'x', 1, { after: undefined });
        while (await a.get('nodes', 'x')) await new Promise((resolve) => setTimeout(resolve, 50));
        expect(await a.write('nodes', 'x', 2, { after: undefined })).toBeDefined();
        expect((await a.get('streams', 'x'))?.revision).toBe(kept);
      },
      BUCKETS.nodes.ttlMs * 5,
    );

    test('refuses what is no key', async () => {
      const { a } = await pair();
      for (const key of ['', 'a.b', 'a b', '>', '*', 'x'.repeat(65), 'é']) {
        await expect(a.get('streams', key)).rejects.toThrow(TypeError);
        await expect(a.write('streams', key, 1, { after: undefined })).rejects.toThrow(TypeError);
      }
    });

    test.each(['kept', 'lost'] as const)(
      'is out of reach without the engine, and watches again with what it had %s',
      async (stored) => {
        const { a, b, stopEngine, startEngine } = await pair();
        const connections: boolean[] = [];
        a.onConnection((connected) => connections.push(connected));
        const before = await a.write('streams', 'x', 1, { after: undefined });
        const seen: unknown[] = [];
        await b.watch('streams', 'current', ({ entry }) => seen.push(entry?.value));
        await until(() => seen.length === 1);

        await stopEngine();
        await until(() => !a.connected && !b.connected);
        const unavailable = { code: 'DIRECTORY_UNAVAILABLE', retryAfter: 2 };
        await expect(a.get('streams', 'x')).rejects.toMatchObject(unavailable);
        await expect(a.write('streams', 'y', 1, { after: undefined })).rejects.toMatchObject(unavailable);
        await expect(a.remove('streams', 'x', before ?? 0)).rejects.toMatchObject(unavailable);

        await startEngine(stored);
        expect(connections).toEqual([false, true]);
        expect((await a.get('streams', 'x'))?.value).toBe(stored === 'kept' ? 1 : undefined);
        if (stored === 'kept') await until(() => seen.length === 2);
        const n = seen.length;
        await a.write('streams', 'z', 'new', { after: undefined });
        await until(() => seen.length > n);
        expect(seen.at(-1)).toBe('new');
      },
    );

    test('fails what is under way when the engine goes', async () => {
      const { a, stopEngine } = await pair();
      const asked = Array.from({ length: 100 }, (_, i) =>
        a.write('streams', `x${i}`, 1, { after: undefined }).catch((error: unknown) => error),
      );
      await stopEngine();
      const failed = (await Promise.all(asked)).filter((answer) => typeof answer !== 'number');
      for (const failure of failed) expect(failure).toMatchObject({ code: 'DIRECTORY_UNAVAILABLE' });
      expect(failed.length).toBeGreaterThan(0);
    });

    test('ends with close; closing again changes nothing', async () => {
      const { a } = await pair();
      const seen: Change[] = [];
      await a.watch('streams', 'current', (change) => seen.push(change));
      await a.close();
      await a.close();
      expect(a.connected).toBe(false);
      await expect(a.get('streams', 'x')).rejects.toMatchObject({ code: 'SERVER_CLOSING' });
      expect(seen).toEqual([]);
    });
  });

  async function pair(): Promise<StoreSetup & { a: Store; b: Store }> {
    const setup = await setUp();
    const [a, b] = await Promise.all([setup.connect(), setup.connect()]);
    return { ...setup, a, b };
  }
}
