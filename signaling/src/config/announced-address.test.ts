import { describe, expect, it } from 'vitest';
import { canBeAnnounced, unaskedAddress } from './announced-address.ts';

describe('an address that can be announced', () => {
  it.each([
    '192.168.1.20',
    '203.0.113.7',
    '2001:db8::7',
    'live.example.org',
    'server',
    'a-1.example',
    '7.example',
  ])('may be %s', (address) => expect(canBeAnnounced(address)).toBe(true));

  it.each([
    ['every address', ['0.0.0.0', '::', '0.1.2.3']],
    [
      'the browser itself',
      ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', 'localhost', 'LocalHost', 'a.localhost'],
    ],
    ['one cable only', ['169.254.1.1', 'fe80::1', 'fe80::1%eth0']],
    ['many', ['224.0.0.1', '239.1.1.1', '255.255.255.255', 'ff02::1']],
    [
      'a URL, or has a port',
      ['http://x', 'https://live.example.org', '//x', 'live.example.org:44400', '192.0.2.7:44400', '[::1]'],
    ],
    ['an address with a mistake', ['192.168.1', '192.168.1.300', '192.168.1.20.', '44400', '1.2.3.4.5']],
    [
      'no name',
      [
        ' ',
        '.',
        '-a.example',
        'a-.example',
        'a..example',
        'live_1.example',
        'not an address',
        `${'a'.repeat(64)}.example`,
      ],
    ],
  ])('is not one that means %s', (_, addresses) => {
    for (const address of addresses) expect([address, canBeAnnounced(address)]).toEqual([address, false]);
  });
});

describe('a container without an announced address', () => {
  const found = { announcedAddresses: [] };

  it('is told that it announces its own', () => {
    expect(unaskedAddress(found, { container: 'oci' })).toContain('MESHLIFT_ANNOUNCED_ADDRESS');
  });

  it('is told nothing where the address is set, or where it is no container', () => {
    expect(unaskedAddress({ announcedAddresses: ['203.0.113.7'] }, { container: 'oci' })).toBeUndefined();
    expect(unaskedAddress(found, {})).toBeUndefined();
  });
});
