import type { MediaKind, RtpCapabilities } from '@meshlift/protocol';
import { sameCodec } from '../rtp/same-codec.ts';
import { nameOf, type SdpCodec } from './codecs.ts';
import { receivedH264 } from './h264.ts';
import type { MediaSection, Offer } from './offer.ts';
import { SdpError } from './sdp-error.ts';

/** mediasoup keeps this many bytes in a packet for the mid. A viewer with a longer one is sent none. */
const LONGEST_SENT_MID = 8;
const MID_EXTENSION = 'urn:ietf:params:rtp-hdrext:sdes:mid';

type ServedCodec = RtpCapabilities['codecs'][number];

/** A section that a viewer receives a track by. */
export interface PlaybackSlot {
  section: MediaSection;
  kind: MediaKind;
  mid: string;
  /** All that may be sent: a publisher that comes back may send another codec. */
  codecs: SdpCodec[];
  extensions: { uri: string; id: number }[];
}

/** How an offer is played to. */
export interface PlaybackPlan {
  slots: PlaybackSlot[];
  /** What the viewer can decode, under its own payload types. */
  capabilities: RtpCapabilities;
}

/**
 * What an offer receives.
 *
 * Viewers are sent the payload types that they named (RFC 3264, section 6.1). Header extensions have the numbers
 * that mediasoup gives them, so an extension is agreed on where the offer has it under the same number.
 *
 * @param served what routers can carry; retransmission streams are not used
 * @throws MeshliftError `SDP_UNSUPPORTED` that names what was offered and what is served; `SDP_INVALID` when one
 *   payload type stands for two codecs, which are told apart by nothing else
 */
export function planPlayback(offer: Offer, served: RtpCapabilities): PlaybackPlan {
  const receiving = offer.sections.filter(
    (section): section is MediaSection =>
      section.kind !== 'other' && (section.direction === 'recvonly' || section.direction === 'sendrecv'),
  );
  if (receiving.length === 0) throw SdpError.unsupported('The offer receives neither sound nor picture.');
  const longMids = receiving.some(({ mid }) => mid.length > LONGEST_SENT_MID);
  const agreeable = served.headerExtensions.filter(({ uri }) => !longMids || uri !== MID_EXTENSION);
  const slots = receiving.map((section) => planSlot(section, { ...served, headerExtensions: agreeable }));
  const codecs = new Map<number, ServedCodec>();
  for (const slot of slots) {
    for (const { payloadType, mimeType, clockRate, channels, parameters, rtcpFeedback } of slot.codecs) {
      const known = codecs.get(payloadType);
      if (known && !sameCodec(known, { mimeType, clockRate, channels, parameters })) {
        throw SdpError.invalid(`Payload type ${payloadType} stands for two codecs.`);
      }
      if (known) continue;
      codecs.set(payloadType, {
        kind: slot.kind,
        mimeType,
        preferredPayloadType: payloadType,
        clockRate,
        ...(channels !== undefined && { channels }),
        parameters: isH264({ mimeType }) ? receivedH264(parameters) : parameters,
        rtcpFeedback,
      });
    }
  }
  const headerExtensions = slots.flatMap(({ kind, extensions }) =>
    extensions.map(({ uri, id }) => ({ kind, uri, preferredId: id })),
  );
  return { slots, capabilities: { codecs: [...codecs.values()], headerExtensions } };
}

function planSlot(section: MediaSection, served: RtpCapabilities): PlaybackSlot {
  const { kind, mid } = section;
  const ours = served.codecs.filter((codec) => codec.kind === kind && !/\/rtx$/i.test(codec.mimeType));
  const codecs = servable(section.codecs, ours).map((codec) => ({ ...codec, rtx: undefined }));
  if (codecs.length === 0) {
    const offered = [...new Set(section.codecs.map(nameOf))].slice(0, 20).join(', ') || 'none';
    throw SdpError.unsupported(
      `No ${kind} codec in common. Offered: ${offered}. Served: ${[...new Set(ours.map(nameOf))].join(', ')}.`,
    );
  }
  const extensions = section.extensions.filter(({ uri, id }) =>
    served.headerExtensions.some(
      (known) =>
        known.kind === kind &&
        known.uri === uri &&
        known.preferredId === id &&
        known.direction !== 'recvonly',
    ),
  );
  return { section, kind, mid, codecs, extensions };
}

/** What can be sent of what was offered. H.264 by another name counts where there is none by ours. */
function servable(offered: SdpCodec[], ours: ServedCodec[]): SdpCodec[] {
  const isServed = (codec: SdpCodec) => ours.some((served) => sameCodec(served, codec));
  const byOurName = offered.some((codec) => isH264(codec) && isServed(codec));
  const byAnother = offered.find(
    (codec) => isH264(codec) && isServed({ ...codec, parameters: receivedH264(codec.parameters) }),
  );
  return offered.filter((codec) => isServed(codec) || (!byOurName && codec === byAnother));
}

const isH264 = ({ mimeType }: Pick<SdpCodec, 'mimeType'>) => /\/h264$/i.test(mimeType);
