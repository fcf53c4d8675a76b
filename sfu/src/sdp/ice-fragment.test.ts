import { describe, expect, it } from 'vitest';
import { parseIceFragment, writeIceFragment } from './ice-fragment.ts';

const credentials = { usernameFragment: 'user', password: 'passwordpasswordpassword' };

/** As WHIP clients send it (RFC 9725, section 4.3). */
const trickle = [
  'a=group:BUNDLE 0 1',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'a=mid:0',
  'a=ice-ufrag:user',
  'a=ice-pwd:passwordpasswordpassword',
  'a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag user network-id 1',
  'a=end-of-candidates',
  '',
].join('\r\n');

describe('a fragment of SDP (RFC 8840)', () => {
  it.each([
    ['in a section', trickle],
    ['for the session', 'a=ice-ufrag:user\r\na=ice-pwd:passwordpasswordpassword\r\n'],
    ['in lines that end as they like', 'a=ice-ufrag:user\na=ice-pwd:passwordpasswordpassword'],
  ])('has credentials %s', (_, text) => {
    expect(parseIceFragment(text).credentials).toEqual(credentials);
  });

  it('has credentials that are text, even when they look like numbers', () => {
    expect(parseIceFragment('a=ice-ufrag:1234\r\na=ice-pwd:1234567890123456\r\n').credentials).toEqual({
      usernameFragment: '1234',
      password: '1234567890123456',
    });
  });

  it.each([
    ['', 'Line 1 is none of SDP'],
    ['{}', 'Line 1 is none of SDP: "{}"'],
    ['a=candidate:1 1 udp 1 192.0.2.1 1 typ host', 'a=ice-ufrag and a=ice-pwd are missing'],
    ['a=ice-ufrag:user', 'a=ice-ufrag and a=ice-pwd are missing'],
    ['a=x\r\n'.repeat(2_001), 'lines; at most 2000'],
  ])('is refused without them: %j', (text, reason) => {
    expect(() => parseIceFragment(text)).toThrow(
      expect.objectContaining({ code: 'SDP_INVALID', message: expect.stringContaining(reason) }),
    );
  });

  it('says which section it is of, if it is one that could be answered', () => {
    const sectionOf = (text: string) => parseIceFragment(text).section;
    expect(sectionOf(trickle)).toEqual({ type: 'audio', mid: '0' });
    expect(sectionOf(trickle.replace('a=mid:0\r\n', ''))).toBeUndefined();
    expect(sectionOf(trickle.replace('a=mid:0', 'a=mid:<script>'))).toBeUndefined();
    expect(sectionOf(trickle.replace('m=audio', 'm=application'))).toBeUndefined();
  });

  it.each([
    [
      'in the section by which the client spoke',
      { type: 'video', mid: 'v0' },
      ['m=video 9 UDP/TLS/RTP/SAVPF 0', 'a=mid:v0'],
    ],
    ['for the session', undefined, []],
  ])('says after a restart what a client needs, %s', (_, section, lines) => {
    const candidate = {
      foundation: 'udp',
      protocol: 'udp' as const,
      priority: 7,
      address: '192.0.2.1',
      ip: '192.0.2.1',
      port: 44_400,
      type: 'host' as const,
    };
    const iceCandidates = [
      candidate,
      { ...candidate, protocol: 'tcp' as const, tcpType: 'passive' as const },
    ];
    const iceParameters = { ...credentials, iceLite: true };
    const written = writeIceFragment({ iceParameters, iceCandidates }, section);
    expect(written.split('\r\n')).toEqual([
      'a=ice-lite',
      ...lines,
      'a=ice-ufrag:user',
      'a=ice-pwd:passwordpasswordpassword',
      'a=candidate:udp 1 udp 7 192.0.2.1 44400 typ host',
      'a=candidate:udp 1 tcp 7 192.0.2.1 44400 typ host tcptype passive',
      'a=end-of-candidates',
      '',
    ]);
    expect(parseIceFragment(written)).toEqual({ credentials, section });
  });
});
