import { MeshliftError } from '@meshlift/protocol';
import { describe, expect, it } from 'vitest';
import { KeyHash } from '../access/capabilities.ts';
import { firstStreamId } from '../access/stream-ids.ts';
import { StreamKey } from '../access/stream-keys.ts';
import { Claims } from './claims.ts';

const MINE = 'my key';
const names = { nameOf: (_kind: string, id: string) => id };
const key = new StreamKey(names, MINE);
const made = firstStreamId(new KeyHash(MINE));

/** What the holder of a key is answered who claims an ID. */
function answer(claims: Claims, streamId: string, publishKey = MINE): string {
  try {
    return claims.assertClaimable(streamId, publishKey);
  } catch (error) {
    return MeshliftError.from(error).code;
  }
}

describe.each([true, false])('where claims are open: %s', (open) => {
  it('an ID of its own choice is anyone’s who asks first, if claims are open', () => {
    expect(answer(new Claims({ open }), 'show')).toBe(open ? 'free' : 'STREAM_NOT_FOUND');
  });

  it('an ID that a server made is that of the key it was made from', () => {
    const claims = new Claims({ open });
    expect([answer(claims, made), answer(claims, made, 'another')]).toEqual(['free', 'STREAM_NOT_YOURS']);
    expect([claims.isOwnedBy(made, MINE), claims.isOwnedBy(made, 'another')]).toEqual([true, false]);
  });

  it.each(['show', made])('an ID whose stream has ended is its key’s, until it is in use again: %s', (id) => {
    const claims = new Claims({ open });
    claims.reserve(id, key);
    expect([answer(claims, id), answer(claims, id, 'another')]).toEqual(['reserved', 'STREAM_NOT_YOURS']);
    expect(claims.isOwnedBy(id, MINE)).toBe(true);
    claims.reinstate(id);
    expect(answer(claims, id)).toBe(answer(new Claims({ open }), id));
  });

  it('a revoked ID is nobody’s, and answers as an unknown one', () => {
    const claims = new Claims({ open });
    claims.revoke('show');
    claims.reserve('show', key);
    expect(answer(claims, 'show')).toBe('STREAM_NOT_FOUND');
    expect(claims.isOwnedBy('show', MINE)).toBe(false);
  });
});
