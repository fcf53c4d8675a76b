import type { RtpCapabilities } from '@meshlift/protocol';
import { ortc, type types } from 'mediasoup';

/**
 * What every router can carry. The order is the order of preference offered to publishers that have none.
 * mediasoup adds RTX for each video codec and the RTCP feedback by itself.
 */
export const mediaCodecs: types.RouterRtpCodecCapability[] = [
  { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
  { kind: 'video', mimeType: 'video/VP9', clockRate: 90_000, parameters: { 'profile-id': 0 } },
  {
    kind: 'video',
    mimeType: 'video/H264',
    clockRate: 90_000,
    // RFC 6184, section 8.1: constrained baseline, under whose name all are served.
    parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 },
  },
  { kind: 'video', mimeType: 'video/AV1', clockRate: 90_000 },
];

/**
 * Header extensions that routers could carry and senders must not use: each reaches those viewers alone that agreed
 * on it, and is lost for all others. A sender that may not use `urn:3gpp:video-orientation` (3GPP TS 26.114, section
 * 7.4.5) turns its video itself, so that it is upright for everybody.
 */
const NOT_FOR_EVERY_VIEWER = new Set(['urn:3gpp:video-orientation']);

/** What senders and viewers may agree on with this node. */
export function servedCapabilities(): RtpCapabilities {
  const { codecs, headerExtensions = [] } = ortc.generateRouterRtpCapabilities(mediaCodecs);
  const served = headerExtensions.filter(({ uri }) => !NOT_FOR_EVERY_VIEWER.has(uri));
  return { codecs, headerExtensions: served } as RtpCapabilities;
}
