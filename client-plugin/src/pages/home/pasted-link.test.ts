import { describe, expect, it } from 'vitest';
import { roomIn, streamIn } from './pasted-link.ts';

const OWN = 'live.example:8080';

describe('the stream in what somebody pasted', () => {
  it.each([
    ['Rk7vQ2mXc9LtB4nWd8HsYz', '/watch/Rk7vQ2mXc9LtB4nWd8HsYz'],
    ['  my-own_name ', '/watch/my-own_name'],
    ['/watch/Rk7vQ2mXc9', '/watch/Rk7vQ2mXc9'],
    ['http://live.example:8080/watch/Rk7vQ2mXc9', '/watch/Rk7vQ2mXc9'],
    ['https://Live.Example:8080/watch/Rk7vQ2mXc9', '/watch/Rk7vQ2mXc9'],
    ['live.example:8080/watch/Rk7vQ2mXc9/?from=chat#now', '/watch/Rk7vQ2mXc9'],
    ['http://live.example:8080/embed/Rk7vQ2mXc9', '/watch/Rk7vQ2mXc9'],
  ])('is watched here: %s', (input, path) => {
    expect(streamIn(input, OWN)).toEqual({ path });
  });

  it.each([
    ['https://other.example/watch/Rk7vQ2mXc9', 'other.example'],
    ['https://live.example/watch/Rk7vQ2mXc9', 'live.example'],
    ['http://live.example:8081/embed/Rk7vQ2mXc9?muted=0', 'live.example:8081'],
  ])('is another server’s: %s', (href, host) => {
    expect(streamIn(href, OWN)).toEqual({ host, href });
  });

  it('is another server’s without a scheme, too', () => {
    expect(streamIn('other.example/watch/abc', OWN)).toEqual({
      host: 'other.example',
      href: 'https://other.example/watch/abc',
    });
  });

  it.each([
    '',
    '   ',
    'two words',
    'https://live.example:8080/',
    'https://live.example:8080/watch/',
    'a'.repeat(65),
    'ftp://other.example/watch/abc',
    'javascript:alert(1)//watch/abc',
    'https://live.example:8080@other.example/watch/abc',
  ])('is not there: "%s"', (input) => {
    expect(streamIn(input, OWN)).toBeUndefined();
  });
});

describe('the room in what somebody pasted', () => {
  it.each([
    ['http://live.example:8080/studio?room=kitchen', { path: '/studio?room=kitchen' }],
    ['http://live.example:8080/studio#room=kitchen', { path: '/studio#room=kitchen' }],
    // The server is not sent the password, though the link would have.
    [
      'http://live.example:8080/studio?room=kitchen&password=a%20b',
      { path: '/studio?room=kitchen#&password=a%20b' },
    ],
    [
      'https://other.example/studio?room=kitchen',
      { host: 'other.example', href: 'https://other.example/studio?room=kitchen' },
    ],
  ])('is where the link leads: %s', (input, destination) => {
    expect(roomIn(input, OWN)).toEqual(destination);
  });

  it.each(['kitchen', 'our kitchen', 'a/b', 'https', 'studio', ''])('is a name: "%s"', (input) => {
    expect(roomIn(input, OWN)).toBeUndefined();
  });
});
