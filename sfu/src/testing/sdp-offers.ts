/** One codec of an offer: its payload type and the lines that describe it. */
export interface OfferedCodec {
  payloadType: number;
  lines: string[];
}

/** One `m=` section of an offer. What is left out is as browsers write it. */
export interface OfferedSection {
  kind: 'audio' | 'video' | 'application';
  codecs?: OfferedCodec[];
  /** `null` for a section without a name. */
  mid?: string | null;
  direction?: string;
  port?: number;
  protocol?: string;
  setup?: string;
  /** URIs of header extensions by their numbers. */
  extensions?: Record<number, string>;
  /** Whatever else is said of it. */
  lines?: string[];
}

export const MID = 'urn:ietf:params:rtp-hdrext:sdes:mid';
export const RID = 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id';
export const TRANSPORT_CC = 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';

function codec(payloadType: number, name: string, parameters?: string, feedback: string[] = []) {
  const lines = [
    `a=rtpmap:${payloadType} ${name}`,
    ...feedback.map((type) => `a=rtcp-fb:${payloadType} ${type}`),
    ...(parameters ? [`a=fmtp:${payloadType} ${parameters}`] : []),
  ];
  return { payloadType, lines };
}

const VIDEO_FEEDBACK = ['goog-remb', 'transport-cc', 'ccm fir', 'nack', 'nack pli'];

export const opus = (payloadType = 111, parameters = 'minptime=10;useinbandfec=1') =>
  codec(payloadType, 'opus/48000/2', parameters, ['transport-cc']);

export const video = (payloadType: number, name: string, parameters?: string) =>
  codec(payloadType, `${name}/90000`, parameters, VIDEO_FEEDBACK);

export const h264 = (payloadType: number, profile: string, mode?: number) =>
  video(
    payloadType,
    'H264',
    [
      'level-asymmetry-allowed=1',
      ...(mode === undefined ? [] : [`packetization-mode=${mode}`]),
      `profile-level-id=${profile}`,
    ].join(';'),
  );

export const rtx = (payloadType: number, apt: number) => codec(payloadType, 'rtx/90000', `apt=${apt}`);

/** A microphone. */
export const audioSection = (changes: Partial<OfferedSection> = {}): OfferedSection => ({
  kind: 'audio',
  mid: '0',
  codecs: [opus()],
  extensions: { 4: MID },
  lines: ['a=ssrc:4242 cname:test'],
  ...changes,
});

/** A camera in one layer. */
export const videoSection = (changes: Partial<OfferedSection> = {}): OfferedSection => ({
  kind: 'video',
  mid: '1',
  codecs: [video(96, 'VP8'), rtx(97, 96)],
  extensions: { 3: TRANSPORT_CC, 4: MID, 10: RID },
  lines: ['a=ssrc-group:FID 5000 5001', 'a=ssrc:5000 cname:test', 'a=ssrc:5001 cname:test'],
  ...changes,
});

/** A section that receives, as players offer it. */
export const receiving = (section: OfferedSection): OfferedSection => ({
  ...section,
  direction: 'recvonly',
  lines: [],
});

export const dataSection = (mid = '2'): OfferedSection => ({ kind: 'application', mid });

/**
 * Writes an offer as browsers do.
 *
 * @param session lines for all sections
 * @param bundle `false` leaves the group out
 */
export function offerOf(
  sections: OfferedSection[],
  { session = [], bundle = true }: { session?: string[]; bundle?: boolean } = {},
): string {
  const mids = sections.flatMap(({ mid }) => (mid ? [mid] : []));
  const lines = [
    'v=0',
    'o=- 4611731400430051336 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    ...(bundle ? [`a=group:BUNDLE ${mids.join(' ')}`] : []),
    'a=msid-semantic: WMS',
    ...session,
    ...sections.flatMap(linesOf),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

function linesOf(section: OfferedSection): string[] {
  const { kind, mid, codecs = [], direction = 'sendonly', port = 9, setup = 'actpass' } = section;
  const { protocol = kind === 'application' ? 'UDP/DTLS/SCTP' : 'UDP/TLS/RTP/SAVPF' } = section;
  const formats = codecs.map(({ payloadType }) => payloadType).join(' ') || 'webrtc-datachannel';
  return [
    `m=${kind} ${port} ${protocol} ${formats}`,
    'c=IN IP4 0.0.0.0',
    'a=ice-ufrag:user',
    'a=ice-pwd:passwordpasswordpassword',
    'a=ice-options:trickle',
    `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'AB').join(':')}`,
    `a=setup:${setup}`,
    ...(mid ? [`a=mid:${mid}`] : []),
    ...(kind === 'application' ? ['a=sctp-port:5000'] : [`a=${direction}`, 'a=rtcp-mux', 'a=rtcp-rsize']),
    ...Object.entries(section.extensions ?? {}).map(([id, uri]) => `a=extmap:${id} ${uri}`),
    ...codecs.flatMap(({ lines }) => lines),
    ...(section.lines ?? []),
  ];
}
