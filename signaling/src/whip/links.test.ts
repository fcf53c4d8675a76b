import { describe, expect, it } from 'vitest';
import { iceServerLinks, link } from './links.ts';

describe('a value of Link (RFC 8288)', () => {
  it('quotes what could end it, and leaves out what no header may have', () => {
    expect(link('stun:a', { rel: 'x"y\\z', title: 'line\r\nSet-Cookie: é' })).toBe(
      '<stun:a>; rel="x\\"y\\\\z"; title="lineSet-Cookie: "',
    );
  });

  it('stands for each URL of an ICE server, with what it takes to use it', () => {
    expect(
      iceServerLinks([
        { urls: ['stun:a', 'stun:b'] },
        { urls: 'turn:c', username: 'me', credential: 'secret' },
      ]),
    ).toEqual([
      '<stun:a>; rel="ice-server"',
      '<stun:b>; rel="ice-server"',
      '<turn:c>; rel="ice-server"; username="me"; credential="secret"; credential-type="password"',
    ]);
  });
});
