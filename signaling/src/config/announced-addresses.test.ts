import { createLogger } from '@meshlift/telemetry';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { AnnouncedAddresses } from './announced-addresses.ts';

/** A resolver whose answers can be changed. */
function resolver(first: Record<string, string[]>) {
  let answers = first;
  const resolve = async (name: string) => {
    const found = answers[name];
    if (!found) throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' });
    return found;
  };
  const set = (next: Record<string, string[]>) => {
    answers = next;
  };
  return { resolve, set };
}

async function announced(given: string[], { resolve }: Pick<ReturnType<typeof resolver>, 'resolve'>) {
  const options = { logger: createLogger('silent'), resolve, everyMs: 5 };
  const addresses = await AnnouncedAddresses.create(given, options);
  onTestFinished(() => addresses.close());
  return addresses;
}

const NAME = 'live.example.org';

describe('the addresses that browsers are told', () => {
  it('are those that were given, and those of names, of both kinds and without repetition', async () => {
    const dns = resolver({ [NAME]: ['203.0.113.7', '2001:db8::7'] });
    const given = ['192.168.1.20', NAME, '203.0.113.7', '2001:db8::8'];
    expect((await announced(given, dns)).current).toEqual([
      '192.168.1.20',
      '203.0.113.7',
      '2001:db8::7',
      '2001:db8::8',
    ]);
  });

  it('are none where none were given', async () => {
    expect((await announced([], resolver({}))).current).toEqual([]);
  });

  it('follow a name that gets others, and outlive one that does not resolve for a while', async () => {
    const dns = resolver({ [NAME]: ['203.0.113.7'] });
    const addresses = await announced([NAME], dns);
    dns.set({ [NAME]: ['203.0.113.8'] });
    await vi.waitFor(() => expect(addresses.current).toEqual(['203.0.113.8']));
    const asked = vi.fn(dns.resolve);
    const others = await announced([NAME], { resolve: asked });
    dns.set({});
    await vi.waitFor(async () => {
      const failed = asked.mock.settledResults.filter(({ type }) => type === 'rejected');
      expect(failed.length).toBeGreaterThan(1);
    });
    expect(others.current).toEqual(['203.0.113.8']);
    dns.set({ [NAME]: ['203.0.113.9'] });
    await vi.waitFor(() => expect(others.current).toEqual(['203.0.113.9']));
  });

  it('are no addresses that lead nowhere, as machines often give to their own name', async () => {
    const dns = resolver({ [NAME]: ['127.0.1.1', '203.0.113.7', 'fe80::1'] });
    expect((await announced([NAME], dns)).current).toEqual(['203.0.113.7']);
    dns.set({ [NAME]: ['127.0.1.1'] });
    await expect(announced([NAME], dns)).rejects.toThrow(/live\.example\.org.*resolves to 127\.0\.1\.1/);
  });

  it('are an error that says so when a name does not resolve', async () => {
    await expect(announced(['192.168.1.20', NAME], resolver({}))).rejects.toThrow(
      /MESHLIFT_ANNOUNCED_ADDRESS.*live\.example\.org.*does not resolve/,
    );
  });

  it('are found by the system’s resolver', async () => {
    const logger = createLogger('silent');
    // RFC 6761, section 6.4: a name that nobody has.
    await expect(AnnouncedAddresses.create(['nobody.invalid'], { logger })).rejects.toThrow(
      'does not resolve',
    );
  });
});
