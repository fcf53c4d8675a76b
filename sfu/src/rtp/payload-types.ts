import type { RtpCapabilities } from '@meshlift/protocol';
import { ortc, type types } from 'mediasoup';
import { mediaCodecs } from './codecs.ts';
import { sameCodec } from './same-codec.ts';

type Codec = types.RouterRtpCodecCapability;

/**
 * The numbers that a viewer has given to codecs. mediasoup sends all viewers of a router the same ones, so those
 * who chose theirs themselves (RFC 3264, section 6.1) are served by a router that has them too.
 */
export interface PayloadTypes {
  /** The same for the same numbers. */
  key: string;
  mediaCodecs: Codec[];
}

/** Browsers of one kind all choose the same numbers; what is remembered is only a matter of speed. */
const MOST_REMEMBERED = 256;
const remembered = new Map<string, PayloadTypes>();

/** The payload types that a viewer's capabilities name, of the codecs that routers carry. */
export function payloadTypesOf(capabilities: RtpCapabilities): PayloadTypes {
  const wanted = mediaCodecs.flatMap((codec) => {
    const named = capabilities.codecs.find((candidate) => sameCodec(candidate, codec));
    return named ? [{ ...codec, preferredPayloadType: named.preferredPayloadType }] : [];
  });
  const key = wanted.map((codec) => `${nameOf(codec)}=${codec.preferredPayloadType}`).join(' ');
  const known = remembered.get(key);
  if (known) return known;
  if (remembered.size >= MOST_REMEMBERED) remembered.clear();
  const payloadTypes = { key, mediaCodecs: limitToRouter(wanted) };
  remembered.set(key, payloadTypes);
  return payloadTypes;
}

/** The capabilities that a router with these payload types can serve. */
export function withPayloadTypes(capabilities: RtpCapabilities, { mediaCodecs: served }: PayloadTypes) {
  const numbers = new Set(served.map(({ preferredPayloadType }) => preferredPayloadType));
  const codecs = capabilities.codecs.filter(({ preferredPayloadType }) => numbers.has(preferredPayloadType));
  return { ...capabilities, codecs };
}

/**
 * A router numbers the retransmissions of each video codec by itself, as it comes to it: 100 to 127, then 96 to
 * 99, whatever is free. In that order, sound first, it does not take a number that another codec needs, unless
 * two codecs have been given neighbouring ones; then the second is left out.
 */
function limitToRouter(codecs: Codec[]): Codec[] {
  const place = ({ kind, preferredPayloadType: number = 0 }: Codec) =>
    kind === 'audio' ? -1 : number >= 100 ? number : number + 128;
  const fitting: Codec[] = [];
  for (const codec of codecs.toSorted((one, other) => place(one) - place(other))) {
    try {
      ortc.generateRouterRtpCapabilities([...fitting, codec]);
      fitting.push(codec);
    } catch {
      // Its number is taken.
    }
  }
  return fitting;
}

const nameOf = ({ mimeType, parameters }: Codec) => `${mimeType}${parameters?.['profile-level-id'] ?? ''}`;
