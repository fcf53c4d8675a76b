import { describe, expect, it } from 'vitest';
import { KeyHash, newPublishKey } from './capabilities.ts';
import { firstStreamId, isDerivedForm, isDerivedFrom, nextStreamId } from './stream-ids.ts';

describe('a stream ID that the server makes', () => {
  it('is 22 letters and digits of which none is likelier than another', () => {
    const characters = new Map<string, number>();
    for (let key = 0; key < 2_000; key += 1) {
      const id = firstStreamId(new KeyHash(newPublishKey()));
      expect(id).toMatch(/^[A-Za-z0-9]{22}$/);
      for (const character of id) characters.set(character, (characters.get(character) ?? 0) + 1);
    }
    // 44,000 characters of 62 kinds: 710 of each, with a standard deviation of 26.
    for (const count of characters.values()) expect(Math.abs(count - 710)).toBeLessThan(200);
    expect(characters.size).toBe(62);
  });

  it('is known by its key and by no other, over many rotations, each of which gives another one', () => {
    const key = new KeyHash('k'.repeat(43));
    const ids = [firstStreamId(key)];
    for (let turn = 1; turn < 64; turn += 1) ids.push(nextStreamId(key, ids[turn - 1] ?? ''));
    expect(new Set(ids).size).toBe(64);
    for (const id of [ids[0], ids[1], ids[63]]) {
      if (id === undefined) throw new Error('64 IDs');
      expect(isDerivedFrom(key, id)).toBe(true);
      expect(isDerivedFrom(new KeyHash('l'.repeat(43)), id)).toBe(false);
    }
  });

  it('is not derived when it could be tried out: after an ID of an encoder, and when rotations are used up', () => {
    const key = new KeyHash('sunshine');
    let last = firstStreamId(key);
    for (let turn = 1; turn <= 64; turn += 1) last = nextStreamId(key, last);
    for (const id of [nextStreamId(key, 'my-show'), nextStreamId(key, 'a22CharacterNameOfMine'), last]) {
      expect(isDerivedFrom(key, id)).toBe(false);
      expect(isDerivedForm(id)).toBe(false);
      expect(id).toMatch(/^[A-Za-z0-9]{24}$/);
    }
  });
});
