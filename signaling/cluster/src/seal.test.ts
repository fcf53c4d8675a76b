import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseClusterKey } from './cluster-key.ts';
import { ReplayGuard } from './replay-guard.ts';
import { SEAL_OVERHEAD, Seal } from './seal.ts';

const [old, fresh] = [randomBytes(32), randomBytes(32)];
const data = Buffer.from('v=0 some SDP');

describe('a seal', () => {
  test('opens in every process that has the key', () => {
    const { sealed } = new Seal([old]).sealBytes('bus', data, 'subject');
    expect(sealed.length).toBe(data.length + SEAL_OVERHEAD);
    expect(new Seal([old]).openBytes('bus', sealed, 'subject')).toMatchObject({ ok: true, data });
  });

  test('hides what it holds, and never seals alike twice', () => {
    const seal = new Seal([old]);
    const both = [seal.sealBytes('bus', data).sealed, seal.sealBytes('bus', data).sealed];
    for (const sealed of both) expect(sealed.includes('SDP')).toBe(false);
    expect(both[0]).not.toEqual(both[1]);
  });

  test('opens for no other purpose, no other context, and with no bit changed', () => {
    const seal = new Seal([old]);
    const { sealed } = seal.sealBytes('bus', data, 'subject');
    expect(seal.openBytes('other', sealed, 'subject')).toEqual({ ok: false, why: 'altered' });
    expect(seal.openBytes('bus', sealed, 'other')).toEqual({ ok: false, why: 'altered' });
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const altered = Buffer.from(sealed);
        altered[at] = (altered[at] ?? 0) ^ change;
        expect(seal.openBytes('bus', altered, 'subject').ok).toBe(false);
      }),
    );
  });

  test('takes any bytes for what they are', () => {
    const seal = new Seal([old]);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(seal.openBytes('bus', bytes).ok).toBe(false);
        expect(seal.open('session', Buffer.from(bytes).toString('base64url'))).toBeUndefined();
      }),
    );
  });

  test('says when another key sealed it, and which', () => {
    const stranger = new Seal([fresh]);
    expect(new Seal([old]).openBytes('bus', stranger.sealBytes('bus', data).sealed)).toEqual({
      ok: false,
      why: 'foreign key',
      fingerprint: stranger.fingerprint,
    });
  });

  test('while the key is rotated the first one seals and both open', () => {
    const [before, first, second, after] = [[old], [old, fresh], [fresh, old], [fresh]].map(
      (keys) => new Seal(keys),
    );
    const opens = (by: Seal | undefined, from: Seal | undefined) =>
      from && by?.openBytes('bus', from.sealBytes('bus', data).sealed).ok;
    // Each step of the rotation understands the one before it, and is understood by it.
    for (const [a, b] of [
      [before, first],
      [first, second],
      [second, after],
    ]) {
      expect([opens(a, b), opens(b, a)]).toEqual([true, true]);
    }
    expect([opens(before, second), opens(after, first)]).toEqual([false, false]);
  });

  test('has tokens with one spelling each', () => {
    const seal = new Seal([old]);
    const token = seal.seal('session', { role: 'viewer' });
    expect(new Seal([old]).open('session', token)).toEqual({ role: 'viewer' });
    expect(seal.open('resource', token)).toBeUndefined();
    for (const altered of [`${token}=`, ` ${token}`, `${token.slice(0, -1)}`, '']) {
      expect(seal.open('session', altered)).toBeUndefined();
    }
  });

  test('marks what others may read, for one purpose and one text', () => {
    const mark = new Seal([old]).mark('record', 'text');
    expect(mark).not.toContain('text');
    for (const seal of [new Seal([old]), new Seal([fresh, old])]) {
      expect(seal.hasMarked('record', 'text', mark)).toBe(true);
      expect(seal.hasMarked('record', 'texts', mark)).toBe(false);
      expect(seal.hasMarked('other', 'text', mark)).toBe(false);
    }
    expect(new Seal([fresh]).hasMarked('record', 'text', mark)).toBe(false);
    expect(new Seal([old]).hasMarked('record', 'text', '')).toBe(false);
  });

  test('takes no short key', () => {
    expect(() => new Seal([randomBytes(31)])).toThrow(RangeError);
    expect(() => new Seal([])).toThrow(RangeError);
  });
});

describe('MESHLIFT_CLUSTER_KEY', () => {
  const bytes = randomBytes(32);

  test.each([
    ['base64', bytes.toString('base64'), 1],
    ['base64url', bytes.toString('base64url'), 1],
    ['hexadecimal digits', bytes.toString('hex'), 1],
    ['two', `${bytes.toString('base64')}, ${fresh.toString('base64')}`, 2],
  ])('is %s', (_, text, count) => {
    expect(parseClusterKey(text)).toHaveLength(count);
  });

  test.each([
    ['empty', ''],
    ['too short', randomBytes(31).toString('base64')],
    ['a phrase', 'correct horse battery staple correct horse battery staple'],
    ['one letter over and over', 'a'.repeat(64)],
    ['the same key twice', `${old.toString('base64')},${old.toString('base64')}`],
    ['three keys', [old, fresh, bytes].map((key) => key.toString('base64')).join()],
    ['a good and a short one', `${old.toString('base64')},abc`],
    ['a comma too many', `${old.toString('base64')},`],
  ])('is not %s', (_, text) => {
    expect(parseClusterKey(text)).toBeUndefined();
  });

  test('is the same key with and without padding', () => {
    const [padded, bare] = [bytes.toString('base64'), bytes.toString('base64url')].map(
      (text) => new Seal(parseClusterKey(text) ?? []),
    );
    expect(padded?.fingerprint).toBe(bare?.fingerprint);
  });
});

describe('a replay guard', () => {
  test('admits each message once, in whatever order, as far as it can tell', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ sender: fc.constantFrom('a', 'b'), counter: fc.integer({ min: 1, max: 5_000 }) }),
        ),
        (messages) => {
          const guard = new ReplayGuard();
          const admitted = messages.filter((message) => guard.admit(message));
          const names = admitted.map(({ sender, counter }) => `${sender} ${counter}`);
          expect(new Set(names).size).toBe(names.length);
        },
      ),
    );
  });

  test('refuses old messages for good, after any number of new ones', () => {
    const guard = new ReplayGuard();
    for (let counter = 1; counter <= 10_000; counter++)
      expect(guard.admit({ sender: 'a', counter })).toBe(true);
    for (const counter of [1, 5_000, 9_500, 10_000])
      expect(guard.admit({ sender: 'a', counter })).toBe(false);
    expect(guard.admit({ sender: 'a', counter: 10_001 })).toBe(true);
  });

  test('lets a message be overtaken', () => {
    const guard = new ReplayGuard();
    expect([3, 1, 2, 3, 1].map((counter) => guard.admit({ sender: 'a', counter }))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
  });
});
