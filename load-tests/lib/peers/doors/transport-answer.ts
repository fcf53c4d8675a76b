import type { ConsumerOptions, TransportOptions } from '@meshlift/protocol';

/**
 * The answer, in SDP, to an offer to receive one picture, made of what the server tells of its transport and of
 * its consumer. It names the SSRC, by which libdatachannel knows what track a packet belongs to.
 */
export function answerFor(
  offer: string,
  { iceParameters, iceCandidates, dtlsParameters }: TransportOptions,
  { rtpParameters: { codecs, encodings, rtcp } }: ConsumerOptions,
): string {
  const mid = /a=mid:(\S+)/.exec(offer)?.[1];
  const codec = codecs[0];
  const ssrc = encodings[0]?.ssrc;
  const fingerprint = dtlsParameters.fingerprints.find(({ algorithm }) => algorithm === 'sha-256');
  if (mid === undefined || !codec || ssrc === undefined || !fingerprint)
    throw new Error('the server does not tell what an answer is made of');
  const { payloadType, mimeType, clockRate, rtcpFeedback = [] } = codec;
  const lines = [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${mid}`,
    'a=ice-lite',
    `m=video 9 UDP/TLS/RTP/SAVPF ${payloadType}`,
    'c=IN IP4 0.0.0.0',
    `a=mid:${mid}`,
    'a=sendonly',
    'a=rtcp-mux',
    'a=rtcp-rsize',
    `a=rtpmap:${payloadType} ${mimeType.split('/')[1]}/${clockRate}`,
    ...rtcpFeedback.map(({ type, parameter }) =>
      `a=rtcp-fb:${payloadType} ${type} ${parameter ?? ''}`.trimEnd(),
    ),
    `a=ssrc:${ssrc} cname:${rtcp?.cname ?? 'relay'}`,
    `a=fingerprint:sha-256 ${fingerprint.value}`,
    'a=setup:passive',
    `a=ice-ufrag:${iceParameters.usernameFragment}`,
    `a=ice-pwd:${iceParameters.password}`,
    // TCP takes part only where UDP does not get through (RFC 8445, section 5.1.2).
    ...iceCandidates
      .filter(({ protocol }) => protocol === 'udp')
      .map(
        ({ foundation, priority, address, port }) =>
          `a=candidate:${foundation} 1 udp ${priority} ${address} ${port} typ host`,
      ),
    'a=end-of-candidates',
  ];
  return `${lines.join('\r\n')}\r\n`;
}
