import type { types } from 'mediasoup-client';

/** Codecs a publisher can choose from; `VP8` is what every browser can send in layers and decode. */
export type VideoCodec = 'VP8' | 'VP9' | 'H264' | 'AV1';

type Encoding = types.RtpEncodingParameters;

/**
 * Spatial layers, each half as wide as the next, in bit/s. `L1T3`: each carries three temporal layers, so that a
 * viewer's frame rate can fall before its picture gets smaller.
 */
const simulcast = (...layers: [scaleResolutionDownBy: number, maxBitrate: number][]): Encoding[] =>
  layers.map(([scaleResolutionDownBy, maxBitrate], layer) => ({
    rid: `r${layer}`,
    scaleResolutionDownBy,
    maxBitrate,
    scalabilityMode: 'L1T3',
  }));

/**
 * How many layers there are, by the least number of pixels a picture must have for them. These are Chromium's
 * own limits: of more layers than it finds sensible it leaves out the largest, and viewers would never get the
 * picture in its full size.
 */
const SIMULCAST: readonly { pixels: number; encodings: Encoding[] }[] = [
  { pixels: 960 * 540, encodings: simulcast([4, 180_000], [2, 600_000], [1, 2_500_000]) },
  { pixels: 480 * 270, encodings: simulcast([2, 300_000], [1, 1_500_000]) },
  { pixels: 0, encodings: simulcast([1, 500_000]) },
];

/** The same three layers inside one stream, each spatial layer decodable without those above it. */
const SVC: Encoding[] = [{ maxBitrate: 2_500_000, scalabilityMode: 'L3T3_KEY' }];

/**
 * One size at three frame rates. mediasoup knows no AV1 simulcast, and does not hand viewers the dependency
 * descriptor that a browser needs to put spatial layers of AV1 together.
 */
const ONE_SIZE: Encoding[] = [{ maxBitrate: 2_500_000, scalabilityMode: 'L1T3' }];

/** The layers to send a picture in. They stay as they are when another track takes its place. */
export function encodingsFor(codec: VideoCodec, track: MediaStreamTrack): Encoding[] {
  if (codec === 'VP9') return SVC;
  if (codec === 'AV1') return ONE_SIZE;
  const { width, height } = track.getSettings();
  const pixels = width && height ? width * height : Number.POSITIVE_INFINITY;
  return SIMULCAST.find((step) => pixels >= step.pixels)?.encodings ?? [];
}

/**
 * A screen is sent in its full size alone, so that a narrow network makes it slower and never blurred: text
 * of a quarter of its size cannot be read.
 */
export function isScreen(track: MediaStreamTrack | null): boolean {
  if (track?.kind !== 'video') return false;
  return ['detail', 'text'].includes(track.contentHint) || track.getSettings().displaySurface !== undefined;
}
