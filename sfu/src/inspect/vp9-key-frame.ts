import { BitReader } from './bit-reader.ts';
import type { PictureSize } from './vp8-key-frame.ts';

const SYNC_CODE = 0x49_83_42;
const SRGB = 7;

/**
 * The size that the first packet of a VP9 key frame tells; `undefined` for any other packet. The frame's own header
 * (VP9 bitstream specification, section 6.2) has the size of its spatial layer, which is the smallest; those above it
 * are predicted from it and have none. Of them the scalability structure tells (RFC 9628, section 4.2.1).
 */
export function readVp9KeyFrame(payload: Uint8Array): PictureSize | undefined {
  const descriptor = readDescriptor(payload);
  if (!descriptor) return undefined;
  const own = readFrameHeader(payload.subarray(descriptor.length));
  return own && [own, ...descriptor.layers].reduce((one, other) => (area(other) > area(one) ? other : one));
}

const area = ({ width, height }: PictureSize) => width * height;

function readFrameHeader(frame: Uint8Array): PictureSize | undefined {
  const reader = new BitReader(frame);
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

interface Descriptor {
  /** In bytes: where the frame begins. */
  length: number;
  /** The sizes of the spatial layers, where it tells them. */
  layers: PictureSize[];
}

/**
 * The payload descriptor (RFC 9628, section 4.2) of a packet in which a frame begins. Frames that are predicted from
 * others are left out, since they tell no size.
 */
function readDescriptor(payload: Uint8Array): Descriptor | undefined {
  const first = payload[0];
  if (first === undefined) return undefined;
  const [pictureId, predicted, layers, flexible, begins, , structure] = [
    0x80, 0x40, 0x20, 0x10, 0x08, 0x04, 0x02,
  ].map((bit) => (first & bit) !== 0);
  if (!begins || predicted) return undefined;
  let length = 1;
  if (pictureId) length += (payload[length] ?? 0) & 0x80 ? 2 : 1;
  if (layers) length += flexible ? 1 : 2;
  return structure ? readStructure(payload, length) : { length, layers: [] };
}

/** RFC 9628, section 4.2.1: sizes of the layers, then which pictures of a group lean on which. */
function readStructure(payload: Uint8Array, start: number): Descriptor {
  const header = payload[start] ?? 0;
  const layers: PictureSize[] = [];
  let length = start + 1;
  if (header & 0x10) {
    const number = (offset: number) => ((payload[offset] ?? 0) << 8) | (payload[offset + 1] ?? 0);
    for (let layer = 0; layer <= header >> 5; layer += 1) {
      layers.push({ width: number(length), height: number(length + 2) });
      length += 4;
    }
  }
  if ((header & 0x08) === 0) return { length, layers };
  const pictures = payload[length] ?? 0;
  length += 1;
  for (let i = 0; i < pictures; i += 1) length += 1 + (((payload[length] ?? 0) >> 2) & 0x03);
  return { length, layers };
}
