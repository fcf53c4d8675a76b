import type { MediaKind } from '@meshlift/protocol';
import type { DecodingTrouble } from './decoding-watch.ts';
import type { FrameOrder } from './frame-order.ts';
import type { H264Profile } from './h264-profile.ts';

/** What was measured of one producer, so far. */
export interface TrackObservations {
  kind: MediaKind;
  /** As RTP calls it: `H264`, `VP8`, `opus`. */
  codec: string;
  /** Whether the publisher has paused this track, so that nothing is to be expected. */
  paused: boolean;
  /** Whether a packet has ever come. */
  begun: boolean;
  /** Seconds since the last packet, or since one was first expected. */
  silentSeconds: number;
  /** What the parameter sets of H.264 say. */
  sentProfile: H264Profile | undefined;
  width: number | undefined;
  height: number | undefined;
  layers: number;
  /** Bits per second, over all layers. */
  bitrate: number | undefined;
  order: FrameOrder;
  slices: { seen: number; b: number };
  /** The worst of all layers. */
  keyFrames: {
    usualSeconds: number | undefined;
    longestSeconds: number;
    /** Whether the publisher has agreed to be asked at all (`nack pli` of RFC 4585, `ccm fir` of RFC 5104). */
    askable: boolean;
    asked: number;
    answered: number;
  };
  /** Viewers that keep asking for key frames although what is sent reaches them. */
  decoding: DecodingTrouble | undefined;
}
