import type { RtpCapabilities } from '@meshlift/protocol';
import { ortc } from 'mediasoup';
import { describe, expect, it } from 'vitest';
import { mediaCodecs } from '../rtp/codecs.ts';
import {
  audioSection,
  dataSection,
  h264,
  MID,
  type OfferedSection,
  offerOf,
  opus,
  RID,
  receiving,
  rtx,
  TRANSPORT_CC,
  video,
  videoSection,
} from '../testing/sdp-offers.ts';
import { planIngest } from './ingest-plan.ts';
import { parseOffer } from './offer.ts';

const served = ortc.generateRouterRtpCapabilities(mediaCodecs) as RtpCapabilities;

const planOf = (...sections: OfferedSection[]) => planIngest(parseOffer(offerOf(sections)), served);

/** The parameters of the only track that is offered. */
function parametersOf(section: OfferedSection) {
  const [track] = planOf(section);
  if (!track) throw new Error('there is no track');
  return { codec: track.rtpParameters.codecs[0], ...track.rtpParameters };
}

function refusal(...sections: OfferedSection[]) {
  try {
    planOf(...sections);
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('the offer was taken');
}

describe('sound', () => {
  it.each([
    ['mono', 'minptime=10;useinbandfec=1', { useinbandfec: 1, minptime: 10 }],
    ['stereo', 'stereo=1;sprop-stereo=1;useinbandfec=1', { stereo: 1, 'sprop-stereo': 1, useinbandfec: 1 }],
    ['with spaces', 'minptime=10; useinbandfec=1', { useinbandfec: 1 }],
  ])('is Opus, %s', (_, parameters, expected) => {
    const { codec, encodings, mid } = parametersOf(audioSection({ codecs: [opus(111, parameters)] }));
    expect(codec).toMatchObject({ mimeType: 'audio/opus', payloadType: 111, channels: 2 });
    expect(codec?.parameters).toMatchObject(expected);
    expect([encodings, mid]).toEqual([[{ ssrc: 4242 }], '0']);
  });

  it('of another codec is refused by name', () => {
    const pcmu = { payloadType: 0, lines: ['a=rtpmap:0 PCMU/8000'] };
    expect(refusal(audioSection({ codecs: [pcmu] }))).toMatchObject({
      code: 'SDP_UNSUPPORTED',
      message: 'No audio codec in common. Offered: PCMU. Served: opus.',
    });
  });
});

describe('pictures', () => {
  it.each([
    ['VP8', video(96, 'VP8'), {}],
    ['VP9', video(98, 'VP9', 'profile-id=0'), { 'profile-id': 0 }],
    ['VP9 that says no profile', video(98, 'VP9'), {}],
    ['AV1', video(45, 'AV1', 'level-idx=5;profile=0;tier=0'), { profile: 0 }],
  ])('are %s', (_, codec, parameters) => {
    const { codecs } = parametersOf(videoSection({ codecs: [codec] }));
    expect(codecs[0]).toMatchObject({ payloadType: codec.payloadType, parameters });
    expect(codecs[0]?.rtcpFeedback).toContainEqual({ type: 'nack', parameter: 'pli' });
  });

  it.each([
    ['constrained baseline', '42e01f', 1, '42e01f'],
    ['constrained baseline of a higher level', '42c033', 1, '42e033'],
    ['baseline, which encoders use as constrained baseline', '42001f', 1, '42e01f'],
    ['main', '4d0032', 1, '42e032'],
    ['high', '640028', 1, '42e028'],
    ['constrained high', '640c1f', 1, '42e01f'],
    ['high in single NAL unit mode', '64001f', 0, '42e01f'],
    ['high that says no mode, which is single NAL unit mode', '64001f', undefined, '42e01f'],
  ])('are H.264 %s', (_, profile, mode, servedAs) => {
    const { codec } = parametersOf(videoSection({ codecs: [h264(102, profile, mode)] }));
    expect(codec?.parameters).toMatchObject({ 'packetization-mode': 1, 'profile-level-id': servedAs });
    const [track] = planOf(videoSection({ codecs: [h264(102, profile, mode)] }));
    // The answer says what was offered.
    expect(track?.codec.parameters['profile-level-id']).toBe(profile);
    expect(track?.codec.parameters['packetization-mode']).toBe(mode);
  });

  it('go by the first codec that is served, in the order of the m= line', () => {
    const codecs = [
      video(35, 'H265'),
      h264(102, '42e01f', 2),
      video(98, 'VP9', 'profile-id=2'),
      video(96, 'VP8'),
    ];
    expect(parametersOf(videoSection({ codecs })).codec?.mimeType).toBe('video/VP8');
  });

  it.each([
    ['H265', video(96, 'H265'), 'Offered: H265. Served: VP8, VP9 (profile 0), H264 (profile 42e01f)'],
    ['VP9 of ten bits', video(96, 'VP9', 'profile-id=2'), 'Offered: VP9 (profile 2).'],
    ['interleaved H.264', h264(96, '42e01f', 2), 'Offered: H264 (profile 42e01f).'],
    ['H.264 high 4:4:4', h264(96, 'f4001f', 1), 'Offered: H264 (profile f4001f).'],
    [
      'a codec of no number in the m= line',
      { payloadType: 96, lines: ['a=rtpmap:97 VP8/90000'] },
      'Offered: none.',
    ],
  ])('of %s are refused by name', (_, codec, reason) => {
    expect(refusal(videoSection({ codecs: [codec] }))).toMatchObject({
      code: 'SDP_UNSUPPORTED',
      message: expect.stringContaining(reason),
    });
  });

  it('leave parameter sets of the offer out: those in the stream count', () => {
    const codecs = [
      video(102, 'H264', 'packetization-mode=1;profile-level-id=42e01f;sprop-parameter-sets=Z0LA,aM4'),
    ];
    expect(parametersOf(videoSection({ codecs })).codec?.parameters).not.toHaveProperty(
      'sprop-parameter-sets',
    );
  });

  it('take names of parameters that belong to objects as any other', () => {
    const codecs = [video(96, 'VP8', '__proto__=1;constructor=2;toString;x-google-min-bitrate=3')];
    const parameters = parametersOf(videoSection({ codecs })).codec?.parameters;
    expect(Object.keys(parameters ?? {})).toEqual(['constructor', 'tostring', 'x-google-min-bitrate']);
  });
});

describe('what is sent again (RFC 4588)', () => {
  it('has its codec and the SSRC of its group', () => {
    const { codecs, encodings } = parametersOf(videoSection());
    expect(codecs[1]).toMatchObject({ mimeType: 'video/rtx', payloadType: 97, parameters: { apt: 96 } });
    expect(encodings).toEqual([{ ssrc: 5000, rtx: { ssrc: 5001 } }]);
  });

  it('is the one of the codec that is taken', () => {
    const codecs = [video(35, 'H265'), rtx(36, 35), video(96, 'VP8'), rtx(97, 96)];
    expect(parametersOf(videoSection({ codecs })).codecs.map(({ payloadType }) => payloadType)).toEqual([
      96, 97,
    ]);
  });
});

describe('simulcast', () => {
  const layers = ['a=rid:f send', 'a=rid:h send', 'a=rid:q send', 'a=simulcast:send f;h;q'];

  it('has encodings from the smallest picture up, each with temporal layers', () => {
    expect(parametersOf(videoSection({ lines: layers })).encodings).toEqual(
      ['q', 'h', 'f'].map((rid) => ({ rid, scalabilityMode: 'L1T3' })),
    );
  });

  it('goes by a codec that is served in layers, and is refused without one', () => {
    const both = [video(45, 'AV1'), video(96, 'VP8')];
    expect(parametersOf(videoSection({ codecs: both, lines: layers })).codec?.mimeType).toBe('video/VP8');
    expect(refusal(videoSection({ codecs: [video(45, 'AV1')], lines: layers }))).toMatchObject({
      code: 'SDP_UNSUPPORTED',
      message: 'AV1 is served in one layer alone; 3 were offered.',
    });
  });

  it('by rid needs the header extension that carries it', () => {
    const { code, message } = refusal(videoSection({ lines: layers, extensions: { 4: MID } }));
    expect([code, message]).toEqual(['SDP_INVALID', expect.stringContaining('header extension')]);
  });
});

describe('header extensions', () => {
  it('are taken under the offered numbers, those that are served', () => {
    const extensions = { 3: TRANSPORT_CC, 4: MID, 10: RID, 12: 'urn:nobody:knows' };
    expect(parametersOf(videoSection({ extensions })).headerExtensions).toEqual([
      { uri: TRANSPORT_CC, id: 3 },
      { uri: MID, id: 4 },
      { uri: RID, id: 10 },
    ]);
  });

  it('tell packets whose SSRC is named nowhere; without either nothing does', () => {
    expect(parametersOf(audioSection({ lines: [] }))).toMatchObject({ mid: '0', encodings: [{}] });
    expect(refusal(audioSection({ lines: [], extensions: {} })).code).toBe('SDP_INVALID');
  });
});

describe('sections', () => {
  it('that send are taken in their order; those that receive, are off or carry data are not', () => {
    const kinds = (...sections: OfferedSection[]) =>
      planOf(...sections).map(({ kind, section }) => [kind, section.mid]);
    const off = videoSection({ mid: '7', port: 0 });
    expect(kinds(videoSection(), audioSection(), dataSection('5'), off)).toEqual([
      ['video', '1'],
      ['audio', '0'],
    ]);
    expect(kinds(audioSection({ direction: 'sendrecv' }), receiving(videoSection()))).toEqual([
      ['audio', '0'],
    ]);
  });

  it('of which none sends are refused, and more than eight', () => {
    expect(refusal(receiving(audioSection()))).toMatchObject({
      code: 'SDP_UNSUPPORTED',
      message: 'The offer sends neither sound nor picture.',
    });
    expect(refusal(dataSection('0')).code).toBe('SDP_UNSUPPORTED');
    const nine = Array.from({ length: 9 }, (_, mid) => audioSection({ mid: `${mid}` }));
    expect(refusal(...nine).message).toBe('The offer sends 9 tracks; at most 8 are served.');
  });
});
