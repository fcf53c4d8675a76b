import type { RtpParameters } from '@meshlift/protocol';
import type { SessionDescription } from 'sdp-transform';
import { SdpError } from './sdp-error.ts';

type ParsedSection = SessionDescription['media'][number];
export type RtpCodec = RtpParameters['codecs'][number];
type Parameters = NonNullable<RtpCodec['parameters']>;

/** A payload type is a number of seven bits (RFC 3550, section 5.1). */
const MOST_CODECS = 128;

/** Longer lists of parameters than this belong to no codec. */
const MOST_PARAMETERS = 32;

/** One codec as a section describes it, with the payload type of its retransmissions, if there is one. */
export interface SdpCodec extends RtpCodec {
  parameters: Parameters;
  rtcpFeedback: NonNullable<RtpCodec['rtcpFeedback']>;
  /** RFC 4588: the payload type of what is sent again. */
  rtx: number | undefined;
}

/**
 * The codecs of a section, in its order.
 *
 * @throws MeshliftError `SDP_INVALID` for more than there can be
 */
export function readCodecs(media: ParsedSection): SdpCodec[] {
  if (media.rtp.length > MOST_CODECS) throw SdpError.invalid(`A section has ${media.rtp.length} codecs.`);
  const parametersOf = new Map(media.fmtp.map(({ payload, config }) => [payload, readParameters(config)]));
  const order = String(media.payloads).split(' ').map(Number);
  const place = ({ payload }: { payload: number }) => order.indexOf(payload);
  const named = new Map<number, (typeof media.rtp)[number]>();
  for (const rtp of media.rtp) {
    const isNumbered = Number.isInteger(rtp.payload) && rtp.payload < MOST_CODECS && place(rtp) >= 0;
    // Of two under one number the first counts.
    if (isNumbered && !named.has(rtp.payload)) named.set(rtp.payload, rtp);
  }
  const all = [...named.values()].map((rtp) => ({
    ...rtp,
    codec: String(rtp.codec),
    parameters: parametersOf.get(rtp.payload) ?? {},
  }));
  const rtxOf = new Map(
    all
      .filter(({ codec }) => codec.toLowerCase() === 'rtx')
      .map(({ payload, parameters }) => [parameters.apt, payload]),
  );
  return all
    .filter(({ codec, rate }) => codec.toLowerCase() !== 'rtx' && Number(rate) > 0)
    .sort((one, other) => place(one) - place(other))
    .map(({ codec, payload, rate, encoding, parameters }) => ({
      mimeType: `${media.type}/${codec}`,
      payloadType: payload,
      clockRate: Number(rate),
      ...(media.type === 'audio' && { channels: Number(encoding ?? 1) || 1 }),
      parameters,
      rtcpFeedback: readFeedback(media, payload),
      rtx: rtxOf.get(payload),
    }));
}

/** RFC 8866, section 6.15: `name=value;name=value`. Names are only ever looked up, so that none can do harm. */
function readParameters(config: string): Parameters {
  const pairs = String(config)
    .split(';')
    .slice(0, MOST_PARAMETERS)
    .map((pair) => pair.trim().split('='))
    .map(([name = '', ...value]) => [name.toLowerCase(), value.join('=')] as const)
    .filter(([name, value]) => /^[a-z][a-z0-9-]{0,63}$/.test(name) && value.length <= 512)
    // Parameter sets go with the key frames; what was written into the offer may be out of date.
    .filter(([name]) => !name.startsWith('sprop-parameter-sets'));
  const typed = pairs.map(([name, value]) => [
    name,
    /^\d{1,9}$/.test(value) && !isHex(name) ? Number(value) : value,
  ]);
  return Object.fromEntries(typed);
}

/** Digits alone do not make these a number. */
const isHex = (name: string) => name === 'profile-level-id' || name === 'config';

/** What mediasoup reports to senders and hears from viewers (RFC 4585, RFC 5104). */
const SERVED_FEEDBACK: SdpCodec['rtcpFeedback'] = [
  { type: 'goog-remb' },
  { type: 'transport-cc' },
  { type: 'ccm', parameter: 'fir' },
  { type: 'nack' },
  { type: 'nack', parameter: 'pli' },
];

function readFeedback(media: ParsedSection, payloadType: number): SdpCodec['rtcpFeedback'] {
  const offered = new Set(
    (media.rtcpFb ?? [])
      .filter(({ payload }) => String(payload) === '*' || Number(payload) === payloadType)
      .map(({ type, subtype }) => `${type} ${subtype ?? ''}`),
  );
  return SERVED_FEEDBACK.filter(({ type, parameter = '' }) => offered.has(`${type} ${parameter}`));
}

/** How a person calls the codec. */
export function nameOf({ mimeType, parameters = {} }: Pick<RtpCodec, 'mimeType' | 'parameters'>): string {
  const name = mimeType.slice(mimeType.indexOf('/') + 1).slice(0, 24);
  const profile = parameters['profile-level-id'] ?? parameters['profile-id'];
  return profile === undefined ? name : `${name} (profile ${String(profile).slice(0, 8)})`;
}
