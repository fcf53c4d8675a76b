import { describe, expect, it } from 'vitest';
import { announcedOf, mediaAddresses } from './media-addresses.ts';

const interfaces = {
  lo: [{ address: '127.0.0.1', internal: true }],
  eth0: [
    { address: 'fe80::1', internal: false },
    { address: '2001:db8::7', internal: false },
    { address: '192.0.2.7', internal: false },
  ],
};

const listening = (host: string | undefined, ...announced: string[]) =>
  mediaAddresses({ host, announced }, interfaces).map(({ ip }) => ip);

it('takes media at every address that others could reach, and at loopback', () => {
  expect(listening(undefined)).toEqual(['192.0.2.7', '2001:db8::7', '127.0.0.1']);
});

describe('an address in a network of containers', () => {
  const docker0 = [{ address: '172.17.0.1', internal: false }];
  const outer = (address: string) => [{ address, internal: false }];
  const alone = (found: NodeJS.Dict<{ address: string; internal: boolean }[]>) =>
    mediaAddresses({ host: undefined, announced: [] }, { lo: interfaces.lo, ...found }).map(({ ip }) => ip);

  it('is no place for media beside others, of either kind', () => {
    expect(alone({ docker0, veth1a2b: docker0, eth0: interfaces.eth0 })).toEqual(listening(undefined));
    expect(alone({ docker0, eth0: outer('2001:db8::7') })).toEqual(['2001:db8::7', '127.0.0.1']);
  });

  it('is one where there is no other', () => {
    expect(alone({ docker0 })).toEqual(['172.17.0.1', '127.0.0.1']);
    expect(alone({ docker0, eth0: outer('fe80::1') })).toEqual(['172.17.0.1', '127.0.0.1']);
  });

  it('is the only one inside of a container, where its interface has an ordinary name', () => {
    expect(alone({ eth0: outer('172.17.0.2') })).toEqual(['172.17.0.2', '127.0.0.1']);
  });

  it('does not take the room of another, however many there are', () => {
    const networks = Array.from({ length: 9 }, (_, index) => [
      `br-0123456789a${index}`,
      outer(`172.${18 + index}.0.1`),
    ]);
    expect(alone({ ...Object.fromEntries(networks), eth0: interfaces.eth0 })).toEqual(listening(undefined));
  });

  it('is bound where that is configured', () => {
    expect(mediaAddresses({ host: '172.17.0.1', announced: [] }, { docker0 })).toEqual([
      { ip: '172.17.0.1' },
    ]);
  });
});

it.each([
  [['203.0.113.7'], ['0.0.0.0']],
  [['203.0.113.7', '203.0.113.8'], ['0.0.0.0']],
  [['2001:db8::1'], ['::']],
  [
    ['2001:db8::1', '203.0.113.7'],
    ['0.0.0.0', '::'],
  ],
])('takes media everywhere when %j is announced', (announced, ips) => {
  expect(listening(undefined, ...announced)).toEqual(ips);
  expect(listening('::', ...announced)).toEqual(ips);
});

it('takes no IPv6 on a machine without it, unless nothing else is announced', () => {
  const alone = { eth0: [{ address: '192.0.2.7', internal: false }] };
  const at = (...announced: string[]) => mediaAddresses({ host: undefined, announced }, alone);
  expect(at('203.0.113.7', '2001:db8::1')).toEqual([{ ip: '0.0.0.0' }]);
  expect(at('2001:db8::1')).toEqual([{ ip: '::' }]);
});

it('keeps to the address it is bound to', () => {
  expect(listening('192.0.2.7')).toEqual(['192.0.2.7']);
  expect(listening('192.0.2.7', '203.0.113.7', '2001:db8::1')).toEqual(['192.0.2.7']);
});

it('announces what leads to where it listens, and does not start with nothing of that kind', () => {
  const both = ['203.0.113.7', '2001:db8::1'];
  expect(announcedOf([{ ip: '0.0.0.0' }, { ip: '::' }], both)).toEqual(both);
  expect(announcedOf([{ ip: '192.0.2.7' }], both)).toEqual(['203.0.113.7']);
  expect(announcedOf([{ ip: '192.0.2.7' }], [])).toEqual([]);
  expect(() => announcedOf([{ ip: '192.0.2.7' }], ['2001:db8::1'])).toThrow(/MESHLIFT_HOST is an IPv4/);
});
