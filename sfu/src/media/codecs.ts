import type { types } from 'mediasoup';

/** RFC 6184 (section 8.1): constrained baseline, main and high, each at level 3.1 and above by negotiation. */
const H264_PROFILES = ['42e01f', '4d001f', '64001f'];

/**
 * What every router can carry. The order is the order of preference offered to publishers that have none.
 * mediasoup adds RTX for each video codec and the RTCP feedback by itself.
 */
export const mediaCodecs: types.RouterRtpCodecCapability[] = [
  { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
  { kind: 'video', mimeType: 'video/VP9', clockRate: 90_000, parameters: { 'profile-id': 0 } },
  ...H264_PROFILES.map((profile) => ({
    kind: 'video' as const,
    mimeType: 'video/H264' as const,
    clockRate: 90_000,
    parameters: {
      'packetization-mode': 1,
      'profile-level-id': profile,
      'level-asymmetry-allowed': 1,
    },
  })),
  { kind: 'video', mimeType: 'video/AV1', clockRate: 90_000 },
];
