import { describe, expect, it } from 'vitest';
import {
  audioSection,
  dataSection,
  type OfferedSection,
  offerOf,
  opus,
  videoSection,
} from '../testing/sdp-offers.ts';
import { parseOffer } from './offer.ts';

/** The code and the sentence of the error that an offer is refused with. */
function refusalOf(text: string): { code: string; message: string } {
  try {
    parseOffer(text);
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('the offer was taken');
}

const camera = offerOf([audioSection(), videoSection()]);

/** What a certificate's hash of that many bytes looks like. */
const hash = (bytes: number) => Array.from({ length: bytes }, () => 'AB').join(':');

describe('text that is no SDP is refused with its line', () => {
  it.each([
    ['', 'Line 1 is none of SDP: ""'],
    ['{"sdp":"v=0"}', 'Line 1 is none of SDP: "{"sdp":"v=0"}"'],
    ['o=- 1 1 IN IP4 0.0.0.0\r\n', 'Line 1 must be "v=0", and is "o=- 1 1 IN IP4 0.0.0.0"'],
    ['v=1\r\n', 'Line 1 must be "v=0"'],
    ['v=0\r\n\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n', 'Line 2 is none of SDP: ""'],
    ['v=0\r\ns=a\u0000b\r\n', 'Line 2 is none of SDP: "s=a?b"'],
    ['v=0\r\ns=a\rb\r\n', 'Line 2 is none of SDP: "s=a?b"'],
    ['v=0\r\nSession\r\n', 'Line 2 is none of SDP: "Session"'],
    ['v=0\r\ns=-\r\n', 'There is no m= line.'],
    [camera.replace('m=audio 9 ', 'm=audio '), 'The m= line of section 1 is none.'],
    [camera.replace('m=video 9 ', 'm=video 9/2 '), 'The m= line of section 2 is none.'],
    [camera.replace(/m=audio .*/, 'm=audio 9 UDP/TLS/RTP/SAVPF'), 'The m= line of section 1 is none.'],
  ])('%j', (text, reason) => {
    const { code, message } = refusalOf(text);
    expect(code).toBe('SDP_INVALID');
    expect(message).toContain(reason);
  });

  it('shows letters alone of what was sent, and few of them', () => {
    const { message } = refusalOf(`v=0\r\n<script>\u202e${'x'.repeat(1_000)}\r\n`);
    expect(message).toContain('"<script>?xxx');
    expect(message.length).toBeLessThan(120);
  });
});

describe('text of either line ending, with or without one at its end', () => {
  it.each([camera, camera.replaceAll('\r\n', '\n'), camera.trimEnd(), `${camera}\r\n\r\n`])(
    'is read',
    (text) => {
      expect(parseOffer(text).sections).toHaveLength(2);
    },
  );
});

describe('more than any program offers is refused before it is read', () => {
  const many = (count: number, line: (index: number) => string) =>
    `${camera}${Array.from({ length: count }, (_, index) => line(index)).join('\r\n')}\r\n`;

  it.each([
    ['m-lines', many(1_000, () => 'm=video 9 UDP/TLS/RTP/SAVPF 96'), 'm= lines; at most 16'],
    ['candidates', many(2_000, (i) => `a=candidate:${i}`), 'lines; at most 2000'],
    ['lines that are empty', `v=0${'\n'.repeat(65_000)}x`, 'lines; at most 2000'],
    ['a long attribute', many(1, () => `a=fmtp:96 ${'x'.repeat(2_048)}`), 'characters; at most 2048'],
    ['text', many(1, () => `a=fmtp:96 ${'x'.repeat(64 * 1024)}`), 'characters; at most 65536'],
    ['codecs', many(1_000, (i) => `a=rtpmap:${i} VP8/90000`), 'codecs'],
  ])('%s', (_, text, reason) => {
    const { code, message } = refusalOf(text);
    expect([code, message]).toEqual(['SDP_INVALID', expect.stringContaining(reason)]);
  });
});

describe('what an SFU that is ICE-lite needs to know', () => {
  it('is read of the sections, or of the session for all of them', () => {
    const inSections = parseOffer(camera);
    expect(inSections.ice).toEqual({ usernameFragment: 'user', password: 'passwordpasswordpassword' });
    const said = /^a=(?:ice-ufrag|ice-pwd|fingerprint|setup):.*\r\n/gm;
    const about = [...new Set(camera.match(said))].map((line) => line.trimEnd());
    const without = camera.replace(said, '');
    const forAll = without.replace('a=msid-semantic: WMS', ['a=msid-semantic: WMS', ...about].join('\r\n'));
    expect(parseOffer(forAll)).toMatchObject({ ice: inSections.ice, dtls: inSections.dtls });
    expect(refusalOf(without).message).toContain('a=ice-ufrag and a=ice-pwd are missing');
  });

  it.each([
    ['actpass', 'client'],
    ['active', 'client'],
    ['passive', 'server'],
  ])('takes an offerer that is %s for the %s of DTLS', (setup, role) => {
    expect(parseOffer(offerOf([audioSection({ setup })])).dtls.role).toBe(role);
  });

  it('does not take a number for the name of an algorithm', () => {
    const text = camera.replaceAll('a=fingerprint:sha-256', 'a=fingerprint:256');
    expect(refusalOf(text).message).toContain('no a=fingerprint that can be used');
  });

  it('takes fingerprints in letters of either size, and nothing that is none', () => {
    const small = camera.replaceAll('AB:', 'ab:');
    expect(parseOffer(small).dtls).toEqual(parseOffer(camera).dtls);
    expect(refusalOf(camera.replaceAll('sha-256', 'md5')).message).toContain('a=fingerprint');
    expect(refusalOf(camera.replaceAll('AB:', 'XY:')).message).toContain('a=fingerprint');
  });

  const silent = (text: string) => text.replace(/^a=(?:ice-ufrag|ice-pwd|fingerprint|setup):.*\r\n/gm, '');

  /** An offer of which only the second of three sections speaks of the transport: RFC 9143, section 7.2. */
  const taggedSecond = (second: OfferedSection, group: string) => {
    const [before = '', ...sections] = offerOf([audioSection(), second, videoSection({ mid: '2' })], {
      bundle: false,
    }).split(/^(?=m=)/m);
    const [first = '', speaker = '', last = ''] = sections;
    return [`${before}a=group:BUNDLE ${group}\r\n`, silent(first), speaker, silent(last)].join('');
  };

  it.each([
    ['media', videoSection({ mid: '1', setup: 'passive' })],
    ['data', dataSection('1')],
  ])('is read of the section that the bundle names first, which may be any: %s', (_, second) => {
    const { ice, dtls, bundle } = parseOffer(taggedSecond(second, '1 0 2'));
    expect(ice).toEqual(parseOffer(camera).ice);
    expect(dtls.fingerprints).toEqual(parseOffer(camera).dtls.fingerprints);
    expect(dtls.role).toBe(second.setup === 'passive' ? 'server' : 'client');
    expect(bundle).toEqual(['1', '0', '2']);
  });

  it('is taken of the bundle that has all media, where there are several', () => {
    const two = camera.replace('a=group:BUNDLE 0 1', 'a=group:BUNDLE x y\r\na=group:BUNDLE 1 0');
    expect(parseOffer(two).bundle).toEqual(['1', '0']);
  });

  it.each([
    [[`sha-256 ${hash(32)}`, 'future-hash CD:02'], 'sha-256', hash(32)],
    [['future-hash CD:02', `sha-256 ${hash(32)}`], 'sha-256', hash(32)],
    [['sha-1 CD:02', `SHA-256 ${hash(32).toLowerCase()}`, 'sha-512 EF:03'], 'sha-256', hash(32)],
    [['md5 CD:02', `sha-1 ${hash(20)}`], 'sha-1', hash(20)],
  ])('is one fingerprint of several, of a hash that is known: %j', (named, algorithm, value) => {
    const lines = named.map((fingerprint) => `a=fingerprint:${fingerprint}`).join('\r\n');
    const { dtls } = parseOffer(camera.replace(/^a=fingerprint:.*$/gm, lines));
    expect(dtls.fingerprints).toEqual([{ algorithm, value }]);
  });

  it.each([
    ['sha-256', 20],
    ['sha-1', 32],
    ['sha-512', 63],
  ])('is no fingerprint by %s of %i bytes, which no handshake fits', (algorithm, bytes) => {
    const line = `a=fingerprint:${algorithm} ${hash(bytes)}`;
    const offer = camera.replace(/^a=fingerprint:.*$/gm, line);
    expect(() => parseOffer(offer)).toThrow(expect.objectContaining({ code: 'SDP_INVALID' }));
  });

  it('does not need candidates, and is not kept from reading by them', () => {
    const candidate = 'a=candidate:1 1 udp 2122194687 192.0.2.1 55756 typ host generation 0';
    const { sections } = parseOffer(offerOf([audioSection({ lines: [candidate, 'a=end-of-candidates'] })]));
    expect(sections).toHaveLength(1);
  });
});

describe('sections', () => {
  it('are one transport: several must be in one bundle', () => {
    expect(parseOffer(camera).bundle).toEqual(['0', '1']);
    expect(refusalOf(offerOf([audioSection(), videoSection()], { bundle: false }))).toMatchObject({
      code: 'SDP_UNSUPPORTED',
      message: expect.stringContaining('one bundle'),
    });
    expect(refusalOf(camera.replace('BUNDLE 0 1', 'BUNDLE 0')).code).toBe('SDP_UNSUPPORTED');
    expect(refusalOf(offerOf([audioSection({ mid: '1' }), videoSection()])).code).toBe('SDP_INVALID');
    expect(parseOffer(offerOf([audioSection()], { bundle: false })).bundle).toBeUndefined();
    expect(parseOffer(offerOf([audioSection({ mid: null })], { bundle: false })).bundle).toBeUndefined();
  });

  it('that are bundle-only are in use in spite of their port 0, and others with port 0 are not', () => {
    const bundleOnly = videoSection({ port: 0, lines: ['a=bundle-only', 'a=ssrc:5 cname:test'] });
    expect(parseOffer(offerOf([audioSection(), bundleOnly])).sections[1]?.kind).toBe('video');
    const off = parseOffer(offerOf([audioSection(), videoSection({ port: 0 })]));
    expect(off.sections[1]).toMatchObject({ kind: 'other', type: 'video', formats: '96 97', mid: '1' });
  });

  it.each(['0', 'a'.repeat(36), '1f0e-4c', "!#$%&'*+-.^_`{|}~"])('may be named by any token: %s', (mid) => {
    const { sections, bundle } = parseOffer(offerOf([audioSection({ mid }), videoSection({ mid: 'v' })]));
    expect([sections[0]?.mid, bundle]).toEqual([mid, [mid, 'v']]);
  });

  it.each(['a'.repeat(256), 'a"b', 'a/b', 'é'])('are not named by what is no token: %s', (mid) => {
    expect(refusalOf(offerOf([audioSection({ mid }), videoSection()])).message).toContain('a=mid');
  });

  it('of data channels are known as what is not served', () => {
    expect(parseOffer(offerOf([audioSection(), dataSection()])).sections[1]).toMatchObject({
      kind: 'other',
      type: 'application',
    });
  });

  it.each([
    ['RTP/AVP', 'DTLS and SRTP alone; RTP/AVP was offered'],
    ['x/SAVPF', 'DTLS and SRTP alone'],
    ['4711', 'DTLS and SRTP alone; 4711 was offered'],
  ])('over %s are refused', (protocol, reason) => {
    expect(refusalOf(offerOf([audioSection({ protocol })])).message).toContain(reason);
  });

  it('without RTCP multiplexing are refused', () => {
    expect(refusalOf(camera.replaceAll('a=rtcp-mux\r\n', '')).message).toContain('a=rtcp-mux is missing');
  });

  it('keep the first of two codecs or header extensions under one number', () => {
    const codecs = [opus(111), { payloadType: 111, lines: ['a=rtpmap:111 PCMU/8000'] }];
    const [section] = parseOffer(
      offerOf([
        audioSection({
          codecs,
          lines: ['a=extmap:4 urn:other', 'a=extmap:5 urn:ietf:params:rtp-hdrext:sdes:mid'],
        }),
      ]),
    ).sections;
    expect(section).toMatchObject({
      codecs: [{ mimeType: 'audio/opus', payloadType: 111 }],
      extensions: [{ id: 4, uri: 'urn:ietf:params:rtp-hdrext:sdes:mid' }],
    });
  });

  it('have no codec under a number that is no payload type', () => {
    const codecs = [opus(111), opus(367), opus(99_999)];
    const [section] = parseOffer(offerOf([audioSection({ codecs })])).sections;
    expect(section?.kind === 'audio' && section.codecs.map(({ payloadType }) => payloadType)).toEqual([111]);
  });
});
