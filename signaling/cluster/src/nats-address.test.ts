import { expect, test } from 'vitest';
import { describeAddress, parseClusterUrl } from './nats-address.ts';

test.each([
  ['nats://10.0.0.5', { servers: ['10.0.0.5:4222'], tls: false }],
  ['tls://a.example:4443, tls://b.example/', { servers: ['a.example:4443', 'b.example:4222'], tls: true }],
  ['nats://[::1]:5000', { servers: ['[::1]:5000'], tls: false }],
  ['nats://me:p%40ss@nats', { servers: ['nats:4222'], tls: false, user: 'me', password: 'p@ss' }],
  ['nats://a-token@nats', { servers: ['nats:4222'], tls: false, token: 'a-token' }],
])('MESHLIFT_CLUSTER_URL may be %s', (text, address) => {
  expect(parseClusterUrl(text)).toEqual(address);
});

test.each([
  '',
  'nats',
  '10.0.0.5:4222',
  'http://nats:4222',
  'ws://nats',
  'nats://',
  'nats://nats/path',
  'nats://nats?x=1',
  'nats://a,tls://b',
  'nats://me:one@a,nats://me:two@b',
  'nats://:secret@nats',
  'nats://%E0%A4%A@nats',
  'nats://a,',
])('MESHLIFT_CLUSTER_URL may not be "%s"', (text) => {
  expect(parseClusterUrl(text)).toBeUndefined();
});

test('an address is described without its credentials', () => {
  const address = parseClusterUrl('tls://me:secret@a:1,tls://me:secret@b:2');
  expect(address && describeAddress(address)).toBe('tls://a:1, tls://b:2');
});
