import { describe, expect, it } from 'vitest';
import { fromBase64Url, toBase64Url } from './base64url.ts';
import { PasswordSealing } from './sealing.ts';

const newKey = () =>
  crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
const route = { from: 'alice', to: 'bob' };
const offer = JSON.stringify({ sdp: 'c=IN IP4 192.0.2.7' });

describe('a sealed signal', () => {
  it('V20: is opened by whoever has the key, and says nothing to anybody else', async () => {
    const key = await newKey();
    const sealed = await new PasswordSealing(key).seal(offer, route);
    expect(sealed).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(new TextDecoder('latin1').decode(fromBase64Url(sealed))).not.toContain('192.0.2.7');
    expect(await new PasswordSealing(key).open(sealed, route)).toBe(offer);
  });

  it('V17: cannot be opened with another key', async () => {
    const sealed = await new PasswordSealing(await newKey()).seal(offer, route);
    expect(await new PasswordSealing(await newKey()).open(sealed, route)).toBeUndefined();
  });

  it('is never the same twice', async () => {
    const sealing = new PasswordSealing(await newKey());
    expect(await sealing.seal(offer, route)).not.toBe(await sealing.seal(offer, route));
  });

  it('cannot be shown to somebody else, sent back, or sent under another name', async () => {
    const sealing = new PasswordSealing(await newKey());
    const sealed = await sealing.seal(offer, route);
    for (const wrong of [
      { from: 'alice', to: 'eve' },
      { from: 'bob', to: 'alice' },
      { from: 'eve', to: 'bob' },
      { from: 'alice","bob', to: '' },
    ]) {
      expect(await sealing.open(sealed, wrong)).toBeUndefined();
    }
  });

  it('cannot be changed anywhere', async () => {
    const sealing = new PasswordSealing(await newKey());
    const bytes = fromBase64Url(await sealing.seal(offer, route));
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(await sealing.open(toBase64Url(changed), route)).toBeUndefined();
    }
  });

  it('R12: is the only thing that opens', async () => {
    const sealing = new PasswordSealing(await newKey());
    for (const other of ['', offer, 'AAAA', '!', 'x'.repeat(1_000)]) {
      expect(await sealing.open(other, route)).toBeUndefined();
    }
  });
});
