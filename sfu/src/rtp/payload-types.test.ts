import type { RtpCapabilities } from '@meshlift/protocol';
import { ortc } from 'mediasoup';
import { describe, expect, it } from 'vitest';
import { corpus, readCorpusOffer } from '../sdp/corpus/corpus.ts';
import { parseOffer } from '../sdp/offer.ts';
import { planPlayback } from '../sdp/playback-plan.ts';
import { audioSection, h264, offerOf, opus, receiving, video, videoSection } from '../testing/sdp-offers.ts';
import { mediaCodecs } from './codecs.ts';
import { payloadTypesOf, withPayloadTypes } from './payload-types.ts';

const served = ortc.generateRouterRtpCapabilities(mediaCodecs) as RtpCapabilities;

const capabilitiesOf = (offer: string) => planPlayback(parseOffer(offer), served).capabilities;

const player = (sound: number, ...pictures: ReturnType<typeof video>[]) =>
  capabilitiesOf(
    offerOf([
      receiving(audioSection({ codecs: [opus(sound)] })),
      receiving(videoSection({ codecs: pictures })),
    ]),
  );

/** The numbers that a router gives to the codecs that it is made for, repairs left out. */
const numbersIn = (codecs: Parameters<typeof ortc.generateRouterRtpCapabilities>[0]) =>
  ortc
    .generateRouterRtpCapabilities(codecs)
    .codecs?.filter(({ mimeType }) => !mimeType.endsWith('/rtx'))
    .map(({ preferredPayloadType }) => preferredPayloadType);

describe('the payload types of a player', () => {
  it.each(corpus.filter(({ file }) => /-(?:watch|both)-/.test(file)))(
    '$file: those of all its codecs fit one router',
    (entry) => {
      const capabilities = capabilitiesOf(readCorpusOffer(entry));
      const payloadTypes = payloadTypesOf(capabilities);
      const offered = capabilities.codecs.map(({ preferredPayloadType }) => preferredPayloadType);
      expect(numbersIn(payloadTypes.mediaCodecs)?.toSorted()).toEqual(offered.toSorted());
      expect(withPayloadTypes(capabilities, payloadTypes)).toEqual(capabilities);
    },
  );

  it('have the same key for the same numbers, whatever order they are offered in', () => {
    const one = payloadTypesOf(player(111, video(96, 'VP8'), h264(102, '42e01f', 1)));
    const same = payloadTypesOf(player(111, h264(102, '42e01f', 1), video(96, 'VP8')));
    expect(same).toBe(one);
    const others = [
      player(109, video(96, 'VP8'), h264(102, '42e01f', 1)),
      player(111, video(97, 'VP8'), h264(102, '42e01f', 1)),
      player(111, video(96, 'VP8'), h264(104, '42e01f', 1)),
      player(111, video(96, 'VP8')),
    ];
    expect(new Set([one, ...others.map(payloadTypesOf)].map(({ key }) => key)).size).toBe(5);
  });

  it('may be any of seven bits', () => {
    for (const number of [0, 1, 34, 95, 96, 99, 100, 127]) {
      expect(
        numbersIn(payloadTypesOf(player(number === 0 ? 1 : 0, video(number, 'VP8'))).mediaCodecs),
      ).toContain(number);
    }
  });

  it('that the repairs of another codec take leave a codec out, and the rest are served', () => {
    const capabilities = player(111, video(100, 'VP8'), video(101, 'VP9'));
    const payloadTypes = payloadTypesOf(capabilities);
    const numbers = numbersIn(payloadTypes.mediaCodecs) ?? [];
    expect(numbers).toContain(111);
    expect(numbers.filter((number) => number === 100 || number === 101)).toHaveLength(1);
    const left = withPayloadTypes(capabilities, payloadTypes).codecs.map(({ mimeType }) => mimeType);
    expect(left).toHaveLength(2);
    expect(left).toContain('audio/opus');
  });

  it('are remembered for some players alone: a flood of others changes no answer', () => {
    const before = payloadTypesOf(player(111, video(96, 'VP8')));
    for (let sound = 0; sound < 3; sound += 1) {
      for (let number = 3; number < 127; number += 1) {
        payloadTypesOf(player(sound, video(number, 'VP8')));
      }
    }
    expect(payloadTypesOf(player(111, video(96, 'VP8')))).toEqual(before);
  });
});
