import { BitReader } from './bit-reader.ts';
import type { PictureSize } from './vp8-key-frame.ts';

const SYNC_CODE = 0x49_83_42;
const SRGB = 7;

/**
 * The size that the first packet of a VP9 key frame tells, by the frame's own header (VP9 bitstream
 * specification, section 6.2); `undefined` for any other packet. With spatial layers this is the layer's size.
 */
export function readVp9KeyFrame(payload: Uint8Array): PictureSize | undefined {
  const start = vp9FrameStart(payload);
  if (start === undefined) return undefined;
  const reader = new BitReader(payload.subarray(start));
  if (reader.bits(2) !== 2) return undefined;
  const profile = reader.bits(1) + reader.bits(1) * 2;
  if (profile === 3) reader.bits(1);
  const showsExisting = reader.flag();
  const interFrame = reader.flag();
  if (showsExisting || interFrame) return undefined;
  reader.bits(2);
  if (reader.bits(24) !== SYNC_CODE) return undefined;
  skipColour(reader, profile);
  const width = reader.bits(16) + 1;
  const height = reader.bits(16) + 1;
  return reader.exhausted ? undefined : { width, height };
}

function skipColour(reader: BitReader, profile: number): void {
  if (profile >= 2) reader.bits(1);
  const space = reader.bits(3);
  const subsamplingTold = profile === 1 || profile === 3;
  if (space !== SRGB) reader.bits(subsamplingTold ? 4 : 1);
  else if (subsamplingTold) reader.bits(1);
}

/**
 * Where a frame begins behind the payload descriptor (RFC 9628, section 4.2), if one does. Frames that are
 * predicted from others are left out, since they tell no size.
 */
function vp9FrameStart(payload: Uint8Array): number | undefined {
  const first = payload[0];
  if (first === undefined) return undefined;
  const [pictureId, predicted, layers, flexible, begins, , structure] = [
    0x80, 0x40, 0x20, 0x10, 0x08, 0x04, 0x02,
  ].map((bit) => (first & bit) !== 0);
  if (!begins || predicted) return undefined;
  let offset = 1;
  if (pictureId) offset += (payload[offset] ?? 0) & 0x80 ? 2 : 1;
  if (layers) offset += flexible ? 1 : 2;
  return structure ? behindStructure(payload, offset) : offset;
}

/** RFC 9628, section 4.2.1: sizes of the layers, then which pictures of a group lean on which. */
function behindStructure(payload: Uint8Array, start: number): number {
  const header = payload[start] ?? 0;
  let offset = start + 1;
  if (header & 0x10) offset += 4 * ((header >> 5) + 1);
  if ((header & 0x08) === 0) return offset;
  const pictures = payload[offset] ?? 0;
  offset += 1;
  for (let i = 0; i < pictures; i += 1) offset += 1 + (((payload[offset] ?? 0) >> 2) & 0x03);
  return offset;
}
