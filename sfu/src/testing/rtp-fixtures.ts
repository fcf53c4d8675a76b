import type { DtlsParameters, RtpCapabilities, RtpParameters } from '@meshlift/protocol';

/** What a viewer says it can receive, for tests that have no browser. */
export function viewerCapabilities(
  mimeTypes: readonly string[] = ['audio/opus', 'video/VP8'],
): RtpCapabilities {
  return {
    codecs: mimeTypes.map((mimeType, index) =>
      mimeType.startsWith('audio/')
        ? { kind: 'audio', mimeType, clockRate: 48_000, channels: 2, preferredPayloadType: 100 + index }
        : {
            kind: 'video',
            mimeType,
            clockRate: 90_000,
            preferredPayloadType: 100 + index,
            rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }, { type: 'transport-cc' }],
          },
    ),
    headerExtensions: [],
  };
}

/** A camera as a browser would announce it: VP8 in three simulcast layers, told apart by `rid`. */
export function simulcastVideo(): RtpParameters {
  return {
    mid: '0',
    codecs: [
      {
        mimeType: 'video/VP8',
        payloadType: 96,
        clockRate: 90_000,
        rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }],
      },
    ],
    headerExtensions: [
      { uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', id: 1 },
      { uri: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id', id: 2 },
    ],
    encodings: ['r0', 'r1', 'r2'].map((rid) => ({ rid, scalabilityMode: 'L1T3' })),
    rtcp: { cname: 'test' },
  };
}

export function opusAudio(): RtpParameters {
  return {
    mid: '1',
    codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }],
    headerExtensions: [{ uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', id: 1 }],
    encodings: [{ ssrc: 4242 }],
    rtcp: { cname: 'test' },
  };
}

/** A fingerprint of the right form that belongs to no certificate: a transport told it never connects. */
export function strangerDtls(): DtlsParameters {
  return {
    role: 'client',
    fingerprints: [{ algorithm: 'sha-256', value: Array.from({ length: 32 }, () => 'AB').join(':') }],
  };
}
