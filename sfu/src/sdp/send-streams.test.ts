import { describe, expect, it } from 'vitest';
import { offerOf, videoSection } from '../testing/sdp-offers.ts';
import { parseOffer } from './offer.ts';

/** What a camera sends whose section has these lines. */
function sends(...lines: string[]) {
  const [section] = parseOffer(offerOf([videoSection({ lines })])).sections;
  if (section?.kind !== 'video') throw new Error('the section was not read');
  return section.sends;
}

/** A camera's layers by rid, in the order in which it prefers them. */
const byRid = (...rids: string[]) =>
  sends(...rids.map((rid) => `a=rid:${rid} send`), `a=simulcast:send ${rids.join(';')}`);

const ridsOf = ({ streams }: ReturnType<typeof sends>) => streams.map(({ rid }) => rid);

const refusal = (...lines: string[]) => {
  try {
    sends(...lines);
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('the section was taken');
};

describe('simulcast by rid (RFC 8853)', () => {
  it.each([
    [['q', 'h', 'f']],
    [['l', 'm', 'h']],
    [['lo', 'mid', 'hi']],
    [['low', 'medium', 'high']],
    [['low', 'med', 'high']],
    [['s', 'm', 'l']],
    [['180p', '360p', '1080p']],
    [['r0', 'r1', 'r2']],
  ])('puts the smallest picture first of the known names %j, whatever order they are offered in', (names) => {
    expect(ridsOf(byRid(...names))).toEqual(names);
    expect(ridsOf(byRid(...names.toReversed()))).toEqual(names);
    expect(byRid(...names.toReversed()).rids).toEqual(names.toReversed());
  });

  it('takes what is preferred, which is named first, for the largest where names are not known', () => {
    expect(ridsOf(byRid('0', '1', '2'))).toEqual(['2', '1', '0']);
    expect(ridsOf(byRid('full', 'half'))).toEqual(['half', 'full']);
  });

  it('takes layers that are paused for now, and of alternatives the first', () => {
    const { streams, rids } = sends(
      'a=rid:f send',
      'a=rid:h send',
      'a=rid:x send',
      'a=rid:q send',
      'a=simulcast:send ~f;h,x;q',
    );
    expect(streams).toEqual([{ rid: 'q' }, { rid: 'h' }, { rid: 'f' }]);
    expect(rids).toEqual(['f', 'h', 'q']);
  });

  it('takes what is sent of a section that receives simulcast as well', () => {
    const lines = ['a=rid:h send', 'a=rid:q send', 'a=rid:z recv', 'a=simulcast:recv z send h;q'];
    expect(ridsOf(sends(...lines))).toEqual(['q', 'h']);
  });

  it('takes whatever rid is legal (RFC 8851): signs, and more letters than a header extension of one byte', () => {
    const rids = ['hi-res', '_', '-', 'a'.repeat(40)];
    expect(byRid(...rids).rids).toEqual(rids);
    expect(ridsOf(byRid(...rids)).toSorted()).toEqual(rids.toSorted());
  });

  it('goes by the rids alone where a=simulcast is left out', () => {
    expect(ridsOf(sends('a=rid:h send', 'a=rid:q send'))).toEqual(['q', 'h']);
  });

  it.each([
    [['a=rid:h send', 'a=simulcast:send h;q'], 'no a=rid declares'],
    [['a=rid:h send', 'a=simulcast:send h;h'], 'sent twice'],
    [[`a=rid:${'a'.repeat(256)} send`], 'cannot be used'],
    [['a=rid:a.b send'], 'cannot be used'],
    [['1', '2', '3', '4', '5'].map((rid) => `a=rid:${rid} send`), '5 layers; at most 4'],
  ])('refuses %j', (lines, reason) => {
    expect(refusal(...lines)).toMatchObject({
      code: 'SDP_INVALID',
      message: expect.stringContaining(reason),
    });
  });
});

describe('streams by SSRC (RFC 5576)', () => {
  it('are one, and its repairs', () => {
    const { streams } = sends('a=ssrc-group:FID 1 2', 'a=ssrc:1 cname:me', 'a=ssrc:2 cname:me');
    expect(streams).toEqual([{ ssrc: 1, rtxSsrc: 2 }]);
  });

  it('are the layers of a group, smallest first as it is written', () => {
    const { streams, rids } = sends(
      'a=ssrc-group:SIM 10 20 30',
      'a=ssrc-group:FID 10 11',
      'a=ssrc-group:FID 20 21',
      'a=ssrc-group:FID 30 31',
      ...[10, 20, 30, 11, 21, 31].map((ssrc) => `a=ssrc:${ssrc} cname:me`),
    );
    expect(streams).toEqual([
      { ssrc: 10, rtxSsrc: 11 },
      { ssrc: 20, rtxSsrc: 21 },
      { ssrc: 30, rtxSsrc: 31 },
    ]);
    expect(rids).toEqual([]);
  });

  it('that belong to forward error correction are left out', () => {
    const { streams } = sends('a=ssrc-group:FEC-FR 1 3', 'a=ssrc:1 cname:me', 'a=ssrc:3 cname:me');
    expect(streams).toEqual([{ ssrc: 1 }]);
  });

  it.each([
    ['a=ssrc:0 cname:me'],
    ['a=ssrc:4294967296 cname:me'],
    ['a=ssrc: cname:me'],
    ['a=ssrc-group:SIM __proto__ 2'],
    ['a=ssrc-group:SIM 1 2 3 4 5'],
  ])('are refused: %s', (line) => {
    expect(refusal(line).code).toBe('SDP_INVALID');
  });

  it('may be named nowhere', () => {
    expect(sends()).toEqual({ streams: [], rids: [] });
  });
});
