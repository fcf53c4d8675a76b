/** The size of a picture in pixels. */
export interface PictureSize {
  width: number;
  height: number;
}

/** The size that the first packet of a VP8 key frame tells (RFC 6386, section 9.1); `undefined` for any other. */
export function readVp8KeyFrame(payload: Uint8Array): PictureSize | undefined {
  const start = vp8FrameStart(payload);
  if (start === undefined || start + 10 > payload.length) return undefined;
  const at = (offset: number) => payload[start + offset] ?? 0;
  const keyFrame = (at(0) & 1) === 0;
  if (!keyFrame || at(3) !== 0x9d || at(4) !== 0x01 || at(5) !== 0x2a) return undefined;
  // The two highest bits of each ask the viewer to scale, which nobody does.
  const width = (at(6) | (at(7) << 8)) & 0x3fff;
  const height = (at(8) | (at(9) << 8)) & 0x3fff;
  return width > 0 && height > 0 ? { width, height } : undefined;
}

/** Where a frame begins behind the payload descriptor (RFC 7741, section 4.2), if one does. */
function vp8FrameStart(payload: Uint8Array): number | undefined {
  const first = payload[0];
  if (first === undefined) return undefined;
  const beginsFrame = (first & 0x10) !== 0 && (first & 0x07) === 0;
  if (!beginsFrame) return undefined;
  if ((first & 0x80) === 0) return 1;
  const extensions = payload[1] ?? 0;
  let offset = 2;
  if (extensions & 0x80) offset += (payload[offset] ?? 0) & 0x80 ? 2 : 1;
  if (extensions & 0x40) offset += 1;
  if (extensions & 0x30) offset += 1;
  return offset;
}
