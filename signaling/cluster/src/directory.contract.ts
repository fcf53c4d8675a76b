import { MeshliftError } from '@meshlift/protocol';
import { describe, expect, test } from 'vitest';
import type { Bus } from './bus.ts';
import { type Claim, type Directory, LEASE_MS } from './directory.ts';
import type { NodeRecord } from './records.ts';
import type { TestLog } from './testing/test-log.ts';

/** How the suite gets nodes that share one engine, and breaks them. */
export interface ClusterSetup {
  /** A node of its own process. It is closed after the test. */
  join(changes?: Partial<NodeRecord>): Promise<TestNode>;
  /** Ends the engine without warning. */
  stopEngine(): Promise<void>;
  /** Brings it back, with or without what it had stored. */
  startEngine(stored: 'kept' | 'lost'): Promise<void>;
  /** Waits; time may pass faster than it does outside. */
  until(condition: () => boolean | Promise<boolean>): Promise<void>;
  /** Milliseconds, as nodes count them. */
  now(): number;
}

/** Runs something when the test has ended; tests that run side by side each have their own. */
export type AtEnd = (end: () => void | Promise<void>) => void;

export interface TestNode {
  directory: Directory;
  bus: Bus;
  log: TestLog;
  /** What it has lost. */
  lost: Claim[];
  /** Resets its connection to the engine, and refuses new ones. */
  cutOff(): void;
  /** Lets nothing through any more; the engine does not notice. */
  silence(): void;
  restore(): void;
}

const stream = 'a-stream-name-00000000';

const LONGER_THAN_A_LEASE_MS = LEASE_MS + 1_500;

/** What every cluster keeps, whatever its bus and its store are. */
export function directoryContract(name: string, setUp: (atEnd: AtEnd) => Promise<ClusterSetup>): void {
  describe(`the directory ${name}`, () => {
    describe('nodes', () => {
      test('see each other, what each says of itself, and who leaves', async ({ onTestFinished }) => {
        const { join, until } = await setUp(onTestFinished);
        const a = await join({ region: 'north' });
        const b = await join({ region: 'south' });
        const seen = (node: TestNode) => node.directory.nodes.map(({ id }) => id).sort();
        const both = [a.directory.id, b.directory.id].sort();
        await until(() => seen(a).length === 2 && seen(b).length === 2);
        expect([seen(a), seen(b)]).toEqual([both, both]);
        const of = (node: TestNode) => a.directory.nodes.find(({ id }) => id === node.directory.id);
        expect(of(b)).toMatchObject({ region: 'south', state: 'up', load: 0 });
        await b.directory.announce({ state: 'draining', load: 0.5 });
        await until(() => of(b)?.state === 'draining');
        expect(of(b)?.load).toBe(0.5);
        await b.directory.close();
        await until(() => of(b) === undefined);
      });

      test('are renewed, and expire when they are cut off', async ({ onTestFinished }) => {
        const { join, until, now } = await setUp(onTestFinished);
        const [a, b] = [await join(), await join()];
        await until(() => a.directory.nodes.length === 2);
        const counts = new Set<number>();
        a.directory.onNodes((nodes) => counts.add(nodes.length));
        const start = now();
        await until(() => now() - start > LONGER_THAN_A_LEASE_MS);
        expect([...counts]).toEqual([]);
        b.cutOff();
        await until(() => a.directory.nodes.length === 1);
        b.restore();
        await until(() => a.directory.nodes.length === 2 && b.directory.nodes.length === 2);
      });

      test('are kept as last known while the engine is gone', async ({ onTestFinished }) => {
        const { join, until, now, stopEngine, startEngine } = await setUp(onTestFinished);
        const [a, b] = [await join(), await join()];
        await until(() => a.directory.nodes.length === 2 && b.directory.nodes.length === 2);
        await stopEngine();
        await until(() => !a.directory.connected);
        const start = now();
        await until(() => now() - start > LONGER_THAN_A_LEASE_MS);
        expect(a.directory.nodes).toHaveLength(2);
        const counts = new Set<number>();
        a.directory.onNodes((nodes) => counts.add(nodes.length));
        await startEngine('lost');
        await until(() => a.directory.connected && b.directory.connected);
        const back = now();
        await until(() => now() - back > LONGER_THAN_A_LEASE_MS);
        expect(a.directory.nodes).toHaveLength(2);
        expect([...counts]).toEqual([]);
      });

      test('with another key or version are not used, and the log says so', async ({ onTestFinished }) => {
        const { join, until } = await setUp(onTestFinished);
        const a = await join();
        const stranger = await join({ keys: ['another-print'] });
        const later = await join({ protocol: 99 });
        await until(() => a.directory.nodes.length === 3 && stranger.directory.nodes.length === 3);
        const why = (by: TestNode, of: TestNode) =>
          by.directory.nodes.find(({ id }) => id === of.directory.id)?.unusable;
        expect([why(a, stranger), why(stranger, a)]).toEqual(['key', 'key']);
        expect([why(a, later), why(later, a)]).toEqual(['protocol', 'protocol']);
        for (const { log } of [a, stranger]) {
          expect(log.lines.filter((line) => line.includes('MESHLIFT_CLUSTER_KEY'))).toHaveLength(1);
        }
        expect(a.log.lines.filter((line) => line.includes('protocol version 99'))).toHaveLength(1);
      });
    });

    describe('claims', () => {
      test('have one owner, whom everybody finds', async ({ onTestFinished }) => {
        const { join } = await setUp(onTestFinished);
        const [a, b] = [await join(), await join()];
        expect(await b.directory.find('streams', stream)).toBeUndefined();
        const claimed = await a.directory.claim('streams', stream, { state: 'live' });
        const claim = { kind: 'streams', name: stream, owner: a.directory.id, generation: 1 };
        expect(claimed).toEqual({ claim });
        const record = { owner: a.directory.id, generation: 1, held: true, state: 'live' };
        expect(await b.directory.find('streams', stream)).toEqual(record);
        expect(await b.directory.claim('streams', stream, {})).toEqual({ heldBy: record });
        expect(a.directory.holds('streams', stream)).toEqual(claim);
        expect(b.directory.holds('streams', stream)).toBeUndefined();
        expect(await b.directory.find('rooms', stream)).toBeUndefined();
      });

      test('made at the same time have one winner', async ({ onTestFinished }) => {
        const { join } = await setUp(onTestFinished);
        const nodes = [await join(), await join(), await join()];
        const claimed = await Promise.all(nodes.map(({ directory }) => directory.claim('rooms', stream, {})));
        const won = claimed.filter((claim) => 'claim' in claim);
        expect(won).toHaveLength(1);
        const owner = (await nodes[0]?.directory.find('rooms', stream))?.owner;
        for (const claim of claimed) if ('heldBy' in claim) expect(claim.heldBy.owner).toBe(owner);
      });

      test('are let go, and the next owner has a higher generation', async ({ onTestFinished }) => {
        const { join } = await setUp(onTestFinished);
        const [a, b] = [await join(), await join()];
        const first = await claimed(a, stream);
        await a.directory.release(first);
        await a.directory.release(first);
        expect(await b.directory.find('streams', stream)).toBeUndefined();
        expect((await claimed(b, stream)).generation).toBe(2);
        expect(a.lost).toEqual([]);
      });

      test('are changed by their owner alone', async ({ onTestFinished }) => {
        const { join } = await setUp(onTestFinished);
        const [a, b] = [await join(), await join()];
        const claim = await claimed(a, stream);
        await a.directory.update(claim, { state: 'waiting' });
        expect(await b.directory.find('streams', stream)).toMatchObject({ state: 'waiting', generation: 1 });
        await expect(b.directory.update(claim, { state: 'idle' })).rejects.toMatchObject({
          code: 'STALE_OWNER',
        });
        await a.directory.release(claim);
        await expect(a.directory.update(claim, { state: 'idle' })).rejects.toMatchObject({
          code: 'STALE_OWNER',
        });
      });

      test('hold nothing but what is allowed', async ({ onTestFinished }) => {
        const { join } = await setUp(onTestFinished);
        const a = await join();
        const details = { state: 'live', address: '192.0.2.1' } as const;
        await expect(a.directory.claim('streams', stream, details)).rejects.toThrow(/address/);
        expect(await a.directory.find('streams', stream)).toBeUndefined();
      });

      test('are seen by those who watch', async ({ onTestFinished }) => {
        const { join, until } = await setUp(onTestFinished);
        const [a, b] = [await join(), await join()];
        const seen: unknown[] = [];
        b.directory.watch('streams', ({ name, record }) => seen.push([name, record?.state]));
        const claim = await claimed(a, stream);
        await a.directory.update(claim, { state: 'live' });
        await a.directory.release(claim);
        await until(() => seen.length === 3);
        expect(seen).toEqual([
          [stream, undefined],
          [stream, 'live'],
          [stream, undefined],
        ]);
      });

      test('a claim that a fence has refused gets a new generation from its owner, and from nobody else', async ({
        onTestFinished,
      }) => {
        const { join } = await setUp(onTestFinished);
        const [a, b] = [await join(), await join()];
        const claim = await claimed(a, stream);
        expect((await a.directory.reassert(claim)).generation).toBe(2);
        await expect(b.directory.reassert(claim)).rejects.toMatchObject({ code: 'STALE_OWNER' });
      });
    });

    describe('what an owner leaves behind', () => {
      test('is what the next one decides by, which may be not to claim it', async ({ onTestFinished }) => {
        const { join } = await setUp(onTestFinished);
        const [a, b] = [await join(), await join()];
        const claimed = await a.directory.claim('streams', stream, { state: 'live' });
        if (!('claim' in claimed)) throw new Error('It was free');
        await a.directory.release(claimed.claim, { past: 'revoked' });
        expect(await b.directory.find('streams', stream)).toBeUndefined();
        const refused = b.directory.claim('streams', stream, (before) => {
          throw new MeshliftError(before?.past === 'revoked' ? 'STREAM_NOT_FOUND' : 'INTERNAL');
        });
        await expect(refused).rejects.toMatchObject({ code: 'STREAM_NOT_FOUND' });
        expect(await a.directory.find('streams', stream)).toBeUndefined();
        await b.directory.claim('streams', stream, () => ({ state: 'idle' as const }));
        const found = await a.directory.find('streams', stream);
        expect(found).toMatchObject({ owner: b.directory.id, generation: 2, state: 'idle' });
        expect(found).not.toHaveProperty('past');
      });
    });

    describe('takeover', () => {
      test('of what a node has left behind that is gone', async ({ onTestFinished }) => {
        const { join, until } = await setUp(onTestFinished);
        const [a, b] = [await join(), await join()];
        await claimed(a, stream);
        a.cutOff();
        await until(async () => 'claim' in (await b.directory.claim('streams', stream, {})));
        expect(await b.directory.find('streams', stream)).toMatchObject({
          owner: b.directory.id,
          generation: 2,
        });
        a.restore();
        await until(() => a.lost.length > 0);
        expect(a.lost).toEqual([{ kind: 'streams', name: stream, owner: a.directory.id, generation: 1 }]);
        expect(a.directory.holds('streams', stream)).toBeUndefined();
        expect(b.lost).toEqual([]);
      });

      test('of what a node has left behind that is gone without a word', async ({ onTestFinished }) => {
        const { join, until } = await setUp(onTestFinished);
        const [a, b] = [await join(), await join()];
        await until(() => b.directory.nodes.length === 2);
        await claimed(a, stream);
        a.silence();
        await until(() => b.directory.nodes.length === 1);
        // Its lease is over, but it may only be slow.
        expect(await b.directory.claim('streams', stream, {})).toMatchObject({
          heldBy: { owner: a.directory.id },
        });
        await until(async () => 'claim' in (await b.directory.claim('streams', stream, {})));
        a.restore();
        await until(() => a.lost.length > 0);
        expect(b.lost).toEqual([]);
      });

      test('needs both witnesses: a node that answers keeps what it owns without a lease', async ({
        onTestFinished,
      }) => {
        const { join, until, now } = await setUp(onTestFinished);
        const [a, b] = [await join(), await join()];
        await claimed(a, stream);
        // Its lease goes, and its connection stays.
        await a.directory.close();
        const served = a.bus.serve(`presence.${a.directory.id}`, () => ({}));
        await a.bus.flush();
        const start = now();
        await until(() => now() - start > LONGER_THAN_A_LEASE_MS);
        expect(await b.directory.isGone(a.directory.id)).toBe(false);
        expect(await b.directory.claim('streams', stream, {})).toMatchObject({
          heldBy: { owner: a.directory.id },
        });
        served.close();
        await a.bus.flush();
        expect(await b.directory.isGone(a.directory.id)).toBe(true);
        expect(await b.directory.claim('streams', stream, {})).toMatchObject({ claim: { generation: 2 } });
      });

      test('needs both witnesses: a node with a lease keeps what it owns without answering', async ({
        onTestFinished,
      }) => {
        const { join } = await setUp(onTestFinished);
        const [a, b] = [await join(), await join()];
        await claimed(a, stream);
        a.cutOff();
        expect(await b.directory.isGone(a.directory.id)).toBe(false);
        expect(await b.directory.claim('streams', stream, {})).toMatchObject({
          heldBy: { owner: a.directory.id },
        });
      });

      test.for(['kept', 'lost'] as const)(
        'of nothing after the engine was gone with what it had %s',
        async (stored, { onTestFinished }) => {
          const { join, until, now, stopEngine, startEngine } = await setUp(onTestFinished);
          const [a, b] = [await join(), await join()];
          await claimed(a, stream);
          await stopEngine();
          await until(() => !a.directory.connected && !b.directory.connected);
          const unavailable = { code: 'DIRECTORY_UNAVAILABLE' };
          await expect(b.directory.find('streams', stream)).rejects.toMatchObject(unavailable);
          await expect(b.directory.claim('streams', stream, {})).rejects.toMatchObject(unavailable);
          expect(a.directory.holds('streams', stream)).toBeDefined();
          a.cutOff();
          await startEngine(stored);
          // The other one is back before the owner is, and takes it neither for gone nor for unknown.
          await until(() => b.directory.connected);
          if (stored === 'lost') {
            await expect(b.directory.find('streams', stream)).rejects.toMatchObject(unavailable);
            await expect(b.directory.claim('streams', stream, {})).rejects.toMatchObject(unavailable);
          } else {
            expect(await b.directory.claim('streams', stream, {})).toMatchObject({
              heldBy: { owner: a.directory.id },
            });
          }
          a.restore();
          const found = async () => (await b.directory.find('streams', stream).catch(() => undefined))?.owner;
          await until(async () => (await found()) === a.directory.id);
          const start = now();
          await until(() => now() - start > LONGER_THAN_A_LEASE_MS);
          expect(await found()).toBe(a.directory.id);
          expect([a.lost, b.lost]).toEqual([[], []]);
        },
      );
    });

    describe('after an empty restart', () => {
      test('the higher generation wins', async ({ onTestFinished }) => {
        const { join, until, stopEngine, startEngine } = await setUp(onTestFinished);
        const [a, b] = [await join(), await join()];
        await a.directory.release(await claimed(a, stream));
        await claimed(a, stream);
        a.cutOff();
        await stopEngine();
        await startEngine('lost');
        await until(() => b.directory.connected);
        // Nobody has registered it in time, so that another one begins anew.
        await until(
          async () => 'claim' in (await b.directory.claim('streams', stream, {}).catch(() => ({}))),
        );
        a.restore();
        await until(() => b.lost.length > 0);
        expect(b.lost).toEqual([{ kind: 'streams', name: stream, owner: b.directory.id, generation: 1 }]);
        expect(await a.directory.find('streams', stream)).toMatchObject({ owner: a.directory.id });
        expect(a.directory.holds('streams', stream)?.generation).toBeGreaterThan(2);
        expect(a.lost).toEqual([]);
      });

      test('what was changed or claimed meanwhile is registered as it is now', async ({ onTestFinished }) => {
        const { join, until, stopEngine, startEngine } = await setUp(onTestFinished);
        const [a, b] = [await join(), await join()];
        const claim = await claimed(a, stream);
        await stopEngine();
        await until(() => !a.directory.connected);
        await a.directory.update(claim, { state: 'waiting' });
        const other = 'another-stream-name-00';
        expect(a.directory.claimLater('streams', other, { state: 'live' }).generation).toBe(0);
        await startEngine('lost');
        const state = async (name: string) =>
          (await b.directory.find('streams', name).catch(() => undefined))?.state;
        await until(async () => (await state(stream)) === 'waiting' && (await state(other)) === 'live');
      });

      test('what was claimed meanwhile is lost to one who owns it', async ({ onTestFinished }) => {
        const { join, until } = await setUp(onTestFinished);
        const [a, b] = [await join(), await join()];
        await claimed(a, stream);
        b.cutOff();
        await until(() => !b.directory.connected);
        b.directory.claimLater('streams', stream, {});
        b.restore();
        await until(() => b.lost.length > 0);
        expect(b.directory.holds('streams', stream)).toBeUndefined();
        expect(await b.directory.find('streams', stream)).toMatchObject({ owner: a.directory.id });
      });

      test('what was let go meanwhile is let go', async ({ onTestFinished }) => {
        const { join, until, stopEngine, startEngine } = await setUp(onTestFinished);
        const [a, b] = [await join(), await join()];
        const claim = await claimed(a, stream);
        await stopEngine();
        await until(() => !a.directory.connected);
        await a.directory.release(claim);
        await startEngine('kept');
        await until(async () => {
          const found = await b.directory.find('streams', stream).catch(() => 'unavailable');
          return found === undefined;
        });
        expect((await claimed(b, stream)).generation).toBe(2);
      });
    });
  });

  async function claimed({ directory }: TestNode, name: string): Promise<Claim<'streams'>> {
    const answer = await directory.claim('streams', name, {});
    if (!('claim' in answer)) throw new Error(`${name} is held by ${answer.heldBy.owner}`);
    return answer.claim;
  }
}
