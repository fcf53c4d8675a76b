import { expect, it } from 'vitest';
import { otherHosts } from './other-hosts.ts';

it.each([
  ['stun:stun.example.org', 'stun.example.org', 'STUN'],
  ['stuns:stun.example.org:5349', 'stun.example.org', 'STUN'],
  ['turn:192.0.2.7:3478?transport=tcp', '192.0.2.7', 'TURN'],
  ['TURNS:[2001:db8::7]:443', '[2001:db8::7]', 'TURN'],
  ['something else', 'something else', 'TURN'],
])('V13: finds the host in %s', (urls, host, kind) => {
  expect(otherHosts([{ urls }])).toEqual([{ host, kind }]);
});

it('V13: names a host once, by the most that it does', () => {
  const urls = ['stun:a.example', 'turn:a.example', 'stun:a.example:80'];
  expect(otherHosts([{ urls }, { urls: 'stun:b.example' }])).toEqual([
    { host: 'a.example', kind: 'TURN' },
    { host: 'b.example', kind: 'STUN' },
  ]);
});
