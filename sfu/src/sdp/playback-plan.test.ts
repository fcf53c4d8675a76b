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
  receiving,
  rtx,
  TRANSPORT_CC,
  video,
  videoSection,
} from '../testing/sdp-offers.ts';
import { parseOffer } from './offer.ts';
import { planPlayback } from './playback-plan.ts';

const served = ortc.generateRouterRtpCapabilities(mediaCodecs) as RtpCapabilities;

const planOf = (...sections: OfferedSection[]) => planPlayback(parseOffer(offerOf(sections)), served);

function refusal(...sections: OfferedSection[]) {
  try {
    planOf(...sections);
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error('the offer was taken');
}

const picture = (...codecs: OfferedSection['codecs'] & object) => receiving(videoSection({ codecs }));

describe('a player', () => {
  it('is served all that it offers and routers carry, under its own payload types', () => {
    const codecs = [
      video(35, 'H265'),
      video(101, 'VP8'),
      rtx(102, 101),
      h264(96, '640032', 1),
      video(45, 'AV1'),
    ];
    const { slots, capabilities } = planOf(
      receiving(audioSection({ codecs: [opus(109)] })),
      picture(...codecs),
    );
    expect(
      slots.map(({ mid, kind, codecs: offered }) => [mid, kind, offered.map((codec) => codec.payloadType)]),
    ).toEqual([
      ['0', 'audio', [109]],
      ['1', 'video', [101, 96, 45]],
    ]);
    expect(
      capabilities.codecs.map(({ mimeType, preferredPayloadType }) => [mimeType, preferredPayloadType]),
    ).toEqual([
      ['audio/opus', 109],
      ['video/VP8', 101],
      ['video/H264', 96],
      ['video/AV1', 45],
    ]);
  });

  it('is served H.264 by the name of ours where it knows that, and else by the first of its own', () => {
    const numbersOf = (...codecs: ReturnType<typeof h264>[]) =>
      planOf(picture(...codecs)).slots[0]?.codecs.map(({ payloadType }) => payloadType);
    expect(numbersOf(h264(102, '4d001f', 1), h264(108, '42e01f', 1), h264(112, '64001f', 1))).toEqual([108]);
    expect(numbersOf(h264(102, '42001f', 1), h264(112, '64001f', 1))).toEqual([102]);
  });

  it('gets nothing sent again by another payload type', () => {
    const { slots } = planOf(picture(video(96, 'VP8'), rtx(97, 96)));
    expect(slots[0]?.codecs).toMatchObject([{ payloadType: 96, rtx: undefined }]);
  });

  it('may receive by sendrecv, in any order, with a data channel beside', () => {
    const both = { ...audioSection(), direction: 'sendrecv' };
    expect(planOf(picture(video(96, 'VP8')), both, dataSection()).slots.map(({ kind }) => kind)).toEqual([
      'video',
      'audio',
    ]);
  });

  it('agrees on header extensions that have the same number on both sides', () => {
    const ours = (uri: string) => {
      const known = served.headerExtensions.find(
        (extension) => extension.kind === 'video' && extension.uri === uri,
      );
      return known?.preferredId ?? 0;
    };
    const extensions = { [ours(MID)]: MID, [ours(TRANSPORT_CC) + 1]: TRANSPORT_CC };
    const { slots, capabilities } = planOf({ ...picture(video(96, 'VP8')), extensions });
    expect(slots[0]?.extensions).toEqual([{ uri: MID, id: ours(MID) }]);
    expect(capabilities.headerExtensions).toEqual([{ kind: 'video', uri: MID, preferredId: ours(MID) }]);
  });

  it('with two pictures may use the same numbers for the same codecs in both', () => {
    const sections = ['1', '2'].map((mid) => ({ ...picture(video(96, 'VP8')), mid }));
    expect(planOf(...sections).capabilities.codecs).toHaveLength(1);
  });
});

describe('is refused', () => {
  it.each([
    [
      'who offers no codec that is served',
      [picture(video(96, 'H265'))],
      'No video codec in common. Offered: H265.',
    ],
    ['who takes single NAL units alone', [picture(h264(96, '42e01f', 0))], 'Offered: H264 (profile 42e01f).'],
    ['who only sends', [audioSection()], 'The offer receives neither sound nor picture.'],
    ['who only wants data', [dataSection('0')], 'The offer receives neither sound nor picture.'],
  ])('a player %s', (_, sections, reason) => {
    expect(refusal(...sections)).toMatchObject({
      code: 'SDP_UNSUPPORTED',
      message: expect.stringContaining(reason),
    });
  });

  it('a player whose payload type stands for two codecs', () => {
    const sound = receiving(audioSection({ codecs: [opus(96)] }));
    expect(refusal(sound, picture(video(96, 'VP8')))).toMatchObject({
      code: 'SDP_INVALID',
      message: expect.stringContaining('Payload type 96 stands for two codecs'),
    });
  });
});
