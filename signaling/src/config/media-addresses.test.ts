import { expect, it } from 'vitest';
import { mediaAddresses } from './media-addresses.ts';

const interfaces = {
  lo: [{ address: '127.0.0.1', internal: true }],
  eth0: [
    { address: 'fe80::1', internal: false },
    { address: '2001:db8::7', internal: false },
    { address: '192.0.2.7', internal: false },
  ],
};

it('announces every address that others could reach, and loopback', () => {
  const nothing = { announcedAddress: undefined, host: undefined };
  expect(mediaAddresses(nothing, interfaces).map(({ ip }) => ip)).toEqual([
    '192.0.2.7',
    '2001:db8::7',
    '127.0.0.1',
  ]);
});

it('announces what it is told to, and listens everywhere', () => {
  const told = { announcedAddress: 'live.example.org', host: undefined };
  expect(mediaAddresses(told, interfaces)).toEqual([{ ip: '0.0.0.0', announcedAddress: 'live.example.org' }]);
});

it('keeps to the address it is bound to', () => {
  expect(mediaAddresses({ announcedAddress: undefined, host: '192.0.2.7' }, interfaces)).toEqual([
    { ip: '192.0.2.7' },
  ]);
});
