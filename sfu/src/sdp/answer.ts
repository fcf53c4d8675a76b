import { randomInt } from 'node:crypto';
import type { IceParameters, TransportOptions } from '@meshlift/protocol';
import { type MediaDescription, type SessionDescription, write } from 'sdp-transform';
import type { SdpCodec } from './codecs.ts';
import type { MediaSection, Offer } from './offer.ts';

/** What the answer says of one section of the offer. */
export interface AnswerSection {
  direction: 'recvonly' | 'sendonly';
  codecs: SdpCodec[];
  extensions: { uri: string; id: number }[];
  /** RFC 5576: what its packets are told by, for those who need to know. */
  ssrc?: number | undefined;
}

/**
 * Writes the answer to an offer (RFC 3264, RFC 9429): one bundle over the transport, whose end here is ICE-lite.
 * Sections that are not named get an answer that switches them off.
 */
export function writeAnswer(
  offer: Offer,
  transport: TransportOptions,
  answered: ReadonlyMap<MediaSection, AnswerSection>,
): string {
  const fingerprint = transport.dtlsParameters.fingerprints.find(({ algorithm }) => algorithm === 'sha-256');
  if (!fingerprint) throw new Error('the transport has no SHA-256 fingerprint');
  const session: SessionDescription = {
    version: 0,
    origin: {
      username: '-',
      sessionId: randomInt(1, 2 ** 47),
      sessionVersion: 1,
      netType: 'IN',
      ipVer: 4,
      address: '0.0.0.0',
    },
    name: '-',
    timing: { start: 0, stop: 0 },
    icelite: 'ice-lite',
    fingerprint: { type: fingerprint.algorithm, hash: fingerprint.value },
    msidSemantic: { semantic: 'WMS', token: '*' },
    media: [],
  };
  const used = offer.sections.filter(
    (section): section is MediaSection => section.kind !== 'other' && answered.has(section),
  );
  const mids = offer.bundle?.filter((name) => used.some(({ mid }) => mid === name));
  // RFC 9143, section 7.3: the first of the bundle speaks of the transport for all of it.
  const speaker = used.find(({ mid }) => mid === mids?.[0]) ?? used[0];
  for (const section of offer.sections) {
    const answer = section.kind === 'other' ? undefined : answered.get(section);
    if (section.kind === 'other') {
      session.media.push(
        switchedOff(section.type, section.protocol, section.formats, section.mid, transport),
      );
    } else if (!answer) {
      const formats = section.codecs.map(({ payloadType }) => payloadType).join(' ') || '0';
      session.media.push(
        switchedOff(
          section.kind,
          section.protocol,
          formats,
          section.hasMid ? section.mid : undefined,
          transport,
        ),
      );
    } else {
      session.media.push(
        writeSection(section, answer, section === speaker ? transport : undefined, offer, transport),
      );
    }
  }
  if (mids) session.groups = [{ type: 'BUNDLE', mids: mids.join(' ') }];
  return write(session);
}

function switchedOff(
  type: string,
  protocol: string,
  payloads: string,
  mid: string | undefined,
  { iceParameters }: TransportOptions,
): MediaDescription {
  return {
    type,
    port: 0,
    protocol,
    payloads,
    connection: NOWHERE,
    ...(mid !== undefined && { mid }),
    direction: 'inactive',
    // Of no use where nothing is sent, but GStreamer does not take an answer without.
    ...iceAttributes(iceParameters),
    rtp: [],
    fmtp: [],
  };
}

const NOWHERE = { version: 4, ip: '0.0.0.0' };

function writeSection(
  section: MediaSection,
  { direction, codecs, extensions, ssrc }: AnswerSection,
  candidatesOf: TransportOptions | undefined,
  offer: Offer,
  { iceParameters }: TransportOptions,
): MediaDescription {
  const { rids } = section.sends;
  const formats = codecs.flatMap((codec) =>
    codec.rtx === undefined ? [codec] : [codec, retransmission(codec)],
  );
  return {
    type: section.kind,
    port: 9,
    protocol: section.protocol,
    payloads: formats.map(({ payloadType }) => payloadType).join(' '),
    connection: NOWHERE,
    ...(section.hasMid && { mid: section.mid }),
    direction,
    rtcpMux: 'rtcp-mux',
    ...(section.reducedSizeRtcp && { rtcpRsize: 'rtcp-rsize' }),
    setup: offer.dtls.role === 'server' ? 'active' : 'passive',
    ...iceAttributes(iceParameters),
    ...(candidatesOf && candidates(candidatesOf)),
    rtp: formats.map(({ payloadType, mimeType, clockRate, channels = 1 }) => ({
      payload: payloadType,
      codec: mimeType.slice(mimeType.indexOf('/') + 1),
      rate: clockRate,
      ...(channels > 1 && { encoding: channels }),
    })),
    fmtp: formats
      .filter(({ parameters }) => Object.keys(parameters).length > 0)
      .map(({ payloadType, parameters }) => ({ payload: payloadType, config: writeParameters(parameters) })),
    rtcpFb: codecs.flatMap(({ payloadType, rtcpFeedback }) =>
      rtcpFeedback.map(({ type, parameter }) => ({
        payload: payloadType,
        type,
        ...(parameter !== undefined && { subtype: parameter }),
      })),
    ),
    ext: extensions.map(({ uri, id }) => ({ value: id, uri })),
    ...(direction === 'sendonly' && {
      msid: [{ id: 'meshlift', appdata: `${section.kind}-${section.mid}` }],
    }),
    ...(ssrc !== undefined && { ssrcs: [{ id: ssrc, attribute: 'cname', value: 'meshlift' }] }),
    ...(direction === 'recvonly' && rids.length > 0 && simulcast(rids)),
  };
}

const retransmission = ({ mimeType, clockRate, payloadType, rtx = 0 }: SdpCodec): SdpCodec => ({
  mimeType: `${mimeType.split('/')[0]}/rtx`,
  payloadType: rtx,
  clockRate,
  parameters: { apt: payloadType },
  rtcpFeedback: [],
  rtx: undefined,
});

function writeParameters(parameters: SdpCodec['parameters']): string {
  return Object.entries(parameters)
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .join(';');
}

/** RFC 8853: every layer that was offered is taken. */
const simulcast = (rids: readonly string[]) => ({
  rids: rids.map((id) => ({ id, direction: 'recv' })),
  simulcast: { dir1: 'recv' as const, list1: rids.join(';') },
});

export const iceAttributes = ({ usernameFragment, password }: IceParameters) => ({
  iceUfrag: usernameFragment,
  icePwd: password,
});

/** RFC 8839, section 5.1, and RFC 6544 for TCP. All are known from the start. */
export const candidates = ({ iceCandidates }: TransportOptions) => ({
  candidates: iceCandidates.map(({ foundation, protocol, priority, address, port, type, tcpType }) => ({
    foundation,
    component: 1,
    transport: protocol,
    priority,
    ip: address,
    port,
    type,
    ...(tcpType !== undefined && { tcptype: tcpType }),
  })),
  endOfCandidates: 'end-of-candidates' as const,
});
