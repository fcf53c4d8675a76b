import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { StreamKey } from '../access/stream-keys.ts';
import { ID_RESERVATION_MS, PastStreams } from './past-streams.ts';

const names = { nameOf: (_kind: string, id: string) => id };
const key = new StreamKey(names, 'my key');

describe('IDs that were in use', () => {
  it('belong to the key they had', () => {
    const past = new PastStreams();
    past.ended('show', key);
    expect(past.ownerOf('show')).toBe(key);
    expect(past.ownerOf('another')).toBeUndefined();
  });

  it('belong to nobody once they are revoked, even when their stream ends after that', () => {
    const past = new PastStreams();
    past.revoked('show');
    past.ended('show', key);
    expect(past.ownerOf('show')).toBe('nobody');
  });

  it('can be revoked after they have ended', () => {
    const past = new PastStreams();
    past.ended('show', key);
    past.revoked('show');
    expect(past.ownerOf('show')).toBe('nobody');
  });

  it('are forgotten when they are in use again', () => {
    const past = new PastStreams();
    past.ended('show', key);
    past.reinstate('show');
    expect(past.ownerOf('show')).toBeUndefined();
  });

  it('are forgotten after a day', async () => {
    let now = 1;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
    onTestFinished(() => clock.mockRestore());
    const past = new PastStreams();
    past.ended('show', key);
    past.revoked('secret');
    now += ID_RESERVATION_MS;
    expect([past.ownerOf('show'), past.ownerOf('secret')]).toEqual([key, 'nobody']);
    now += 1;
    // The cache looks at the clock once in a millisecond.
    await expect.poll(() => [past.ownerOf('show'), past.ownerOf('secret')]).toEqual([undefined, undefined]);
  });

  it.each(['__proto__', 'constructor', ''])('may have odd names: %j', (id) => {
    const past = new PastStreams();
    expect(past.ownerOf(id)).toBeUndefined();
    past.ended(id, key);
    expect(past.ownerOf(id)).toBe(key);
  });
});
