import type { types } from 'mediasoup';

/** What is to be known of the offer of a libdatachannel peer that sends or receives one picture in VP8. */
export interface PeerOffer {
  mid: string;
  payloadType: number;
  /** SHA-256, of its certificate. */
  fingerprint: string;
  /** Of what it sends. */
  ssrc: number | undefined;
}

/** @throws Error naming what is missing */
export function readPeerOffer(sdp: string): PeerOffer {
  const find = (what: string, pattern: RegExp) => {
    const value = pattern.exec(sdp)?.[1];
    if (value === undefined) throw new Error(`the offer has no ${what}`);
    return value;
  };
  const ssrc = /^a=ssrc:(\d+)/m.exec(sdp)?.[1];
  return {
    mid: find('a=mid', /^a=mid:(\S+)/m),
    payloadType: Number(find('VP8', /^a=rtpmap:(\d+) VP8\/90000/im)),
    fingerprint: find('a=fingerprint', /^a=fingerprint:sha-256 (\S+)/im),
    ssrc: ssrc === undefined ? undefined : Number(ssrc),
  };
}

/**
 * The answer of an end that is ICE-lite and waits to be called.
 *
 * @param direction this end's
 * @param ssrc of what this end sends: libdatachannel hands a track no packet of an SSRC that it was not told
 */
export function answerTo(
  { mid, payloadType }: PeerOffer,
  { iceParameters, iceCandidates, dtlsParameters }: types.WebRtcTransport,
  direction: 'sendonly' | 'recvonly',
  ssrc?: number,
): string {
  const fingerprint = dtlsParameters.fingerprints.find(({ algorithm }) => algorithm === 'sha-256');
  return [
    'v=0',
    'o=- 1 1 IN IP4 0.0.0.0',
    's=-',
    't=0 0',
    'a=ice-lite',
    `a=group:BUNDLE ${mid}`,
    `a=fingerprint:sha-256 ${fingerprint?.value}`,
    `m=video 9 UDP/TLS/RTP/SAVPF ${payloadType}`,
    'c=IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    `a=${direction}`,
    'a=rtcp-mux',
    `a=rtpmap:${payloadType} VP8/90000`,
    `a=rtcp-fb:${payloadType} nack`,
    `a=rtcp-fb:${payloadType} nack pli`,
    `a=rtcp-fb:${payloadType} goog-remb`,
    ...(ssrc === undefined ? [] : [`a=ssrc:${ssrc} cname:raw`]),
    'a=setup:passive',
    `a=ice-ufrag:${iceParameters.usernameFragment}`,
    `a=ice-pwd:${iceParameters.password}`,
    ...iceCandidates.map(
      ({ foundation, protocol, priority, ip, port, type, tcpType }) =>
        `a=candidate:${foundation} 1 ${protocol} ${priority} ${ip} ${port} typ ${type}` +
        (tcpType ? ` tcptype ${tcpType}` : ''),
    ),
    'a=end-of-candidates',
    '',
  ].join('\r\n');
}
