import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { corpus, readCorpusOffer } from './corpus.ts';

/** Addresses that are nobody's: unspecified, loopback, link-local, and those of RFC 5737 and RFC 3849. */
const NOBODYS = /^(0\.0\.0\.0|127\.0\.0\.1|192\.0\.2\.\d+|2001:db8::\d+|fe80::\d+|[0-9a-f-]{36}\.local)$/;

describe('the corpus of offers', () => {
  it('has every file in its index, and no other', () => {
    const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.sdp'));
    expect(corpus.map(({ file }) => file)).toEqual(files.sort());
  });

  it.each(corpus)('$file is whole, and says nothing of the machine it comes from', (entry) => {
    const offer = readCorpusOffer(entry);
    expect(offer).toMatch(/^v=0\r\n/);
    expect(offer.endsWith('\r\n')).toBe(true);
    expect(offer.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    const lines = offer.split('\r\n');
    expect(lines.filter((line) => line.startsWith('m='))).toHaveLength(entry.sections.length);
    const candidates = lines.filter((line) => line.startsWith('a=candidate:'));
    expect(candidates).toHaveLength(entry.candidates);
    const addresses = [
      ...candidates.map((line) => line.split(' ')[4]),
      ...[...offer.matchAll(/IN IP[46] (\S+)/g)].map(([, address]) => address),
    ];
    for (const address of addresses) expect(address).toMatch(NOBODYS);
  });
});
