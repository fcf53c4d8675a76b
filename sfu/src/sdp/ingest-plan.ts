import type { MediaKind, RtpCapabilities, RtpParameters } from '@meshlift/protocol';
import { sameCodec } from '../rtp/same-codec.ts';
import { nameOf, type SdpCodec } from './codecs.ts';
import { servedH264 } from './h264.ts';
import type { MediaSection, Offer } from './offer.ts';
import { SdpError } from './sdp-error.ts';

/** Camera, microphone, screen and its sound, twice. */
const MOST_TRACKS = 8;

/** How one section of an offer is taken in: the producer to open for it, and what the answer says. */
export interface IngestTrack {
  section: MediaSection;
  kind: MediaKind;
  rtpParameters: RtpParameters;
  /** As offered, which is how the answer must write it. */
  codec: SdpCodec;
  extensions: { uri: string; id: number }[];
}

/**
 * What an offer sends, as producers. All of it is served or nothing: whoever sends a picture that nobody will see
 * must hear of it.
 *
 * @param capabilities what routers can take
 * @throws MeshliftError `SDP_UNSUPPORTED` that names what was offered and what is served; `SDP_INVALID`
 */
export function planIngest(offer: Offer, capabilities: RtpCapabilities): IngestTrack[] {
  const sending = offer.sections.filter(
    (section): section is MediaSection =>
      section.kind !== 'other' && (section.direction === 'sendonly' || section.direction === 'sendrecv'),
  );
  if (sending.length === 0) throw SdpError.unsupported('The offer sends neither sound nor picture.');
  if (sending.length > MOST_TRACKS) {
    throw SdpError.unsupported(
      `The offer sends ${sending.length} tracks; at most ${MOST_TRACKS} are served.`,
    );
  }
  return sending.map((section) => planTrack(section, capabilities));
}

function planTrack(section: MediaSection, capabilities: RtpCapabilities): IngestTrack {
  const { kind, sends } = section;
  const served = capabilities.codecs.filter(
    (codec) => codec.kind === kind && !/\/rtx$/i.test(codec.mimeType),
  );
  const common = section.codecs.filter((offered) =>
    served.some((codec) => sameCodec(asServed(offered), codec)),
  );
  const codec = common.find((candidate) => sends.streams.length <= 1 || takesSimulcast(candidate));
  if (!codec) {
    const offered = [...new Set(section.codecs.map(nameOf))].slice(0, 20).join(', ') || 'none';
    throw SdpError.unsupported(
      common.length > 0
        ? `${nameOf(common[0] as SdpCodec)} is served in one layer alone; ${sends.streams.length} were offered.`
        : `No ${kind} codec in common. Offered: ${offered}. Served: ${[...new Set(served.map(nameOf))].join(', ')}.`,
    );
  }
  const extensions = section.extensions.filter(({ uri }) =>
    capabilities.headerExtensions.some(
      (known) => known.kind === kind && known.uri === uri && known.direction !== 'sendonly',
    ),
  );
  return { section, kind, codec, extensions, rtpParameters: parametersOf(section, codec, extensions) };
}

/** mediasoup knows no simulcast of VP9 and AV1, whose layers are made to come in one stream. */
const takesSimulcast = ({ mimeType }: SdpCodec) => !/\/(?:vp9|av1)$/i.test(mimeType);

function asServed(codec: SdpCodec): SdpCodec {
  return /\/h264$/i.test(codec.mimeType) ? { ...codec, parameters: servedH264(codec.parameters) } : codec;
}

function parametersOf(
  section: MediaSection,
  offered: SdpCodec,
  extensions: { uri: string; id: number }[],
): RtpParameters {
  const { sends, mid, hasMid } = section;
  const { rtx, ...codec } = asServed(offered);
  const carriesMid = hasMid && extensions.some(({ uri }) => uri === MID_EXTENSION);
  if (sends.streams.length === 0 && !carriesMid) {
    throw SdpError.invalid(
      `The ${section.kind} section names no a=ssrc, and no header extension tells its packets.`,
    );
  }
  if (sends.rids.length > 0 && !extensions.some(({ uri }) => uri === RID_EXTENSION)) {
    throw SdpError.invalid('a=rid is used without the header extension that carries it.');
  }
  const streams = sends.streams.length > 0 ? sends.streams : [{}];
  return {
    ...(carriesMid && { mid }),
    codecs: [codec, ...(rtx === undefined ? [] : [retransmissionOf(codec, rtx)])],
    headerExtensions: extensions,
    encodings: streams.map(({ rid, ssrc, rtxSsrc }) => ({
      ...(rid !== undefined && { rid }),
      ...(ssrc !== undefined && { ssrc }),
      ...(rtxSsrc !== undefined && rtx !== undefined && { rtx: { ssrc: rtxSsrc } }),
      ...(streams.length > 1 && { scalabilityMode: LAYER_MODE }),
    })),
    rtcp: { reducedSize: section.reducedSizeRtcp },
  };
}

/**
 * SDP does not say how many temporal layers an encoding has. Browsers make three when they send several sizes; of
 * an encoder that makes fewer nothing is held back, and of what is not announced mediasoup forwards the lowest alone.
 */
const LAYER_MODE = 'L1T3';

const MID_EXTENSION = 'urn:ietf:params:rtp-hdrext:sdes:mid';
const RID_EXTENSION = 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id';

const retransmissionOf = ({ mimeType, clockRate, payloadType }: Omit<SdpCodec, 'rtx'>, rtx: number) => ({
  mimeType: `${mimeType.split('/')[0]}/rtx`,
  payloadType: rtx,
  clockRate,
  parameters: { apt: payloadType },
  rtcpFeedback: [],
});
