import { expect, it } from 'vitest';
import { readVp9KeyFrame } from './vp9-key-frame.ts';

/** Marker, profile 0, a key frame that is shown; sync code; colour; size. */
function keyFrameOf(width: number, height: number): number[] {
  const bits = `10 00 0 0 1 0 ${[0x49, 0x83, 0x42].map((byte) => byte.toString(2).padStart(8, '0')).join('')}
  001 0 ${(width - 1).toString(2).padStart(16, '0')} ${(height - 1).toString(2).padStart(16, '0')}`
    .replaceAll(/\s/g, '')
    .padEnd(80, '0');
  return (bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2));
}

const keyFrame = keyFrameOf(1280, 720);

it('reads the size behind any descriptor', () => {
  const size = { width: 1280, height: 720 };
  expect(readVp9KeyFrame(Uint8Array.of(0x08, ...keyFrame))).toEqual(size);
  expect(readVp9KeyFrame(Uint8Array.of(0x88, 0x81, 0x02, ...keyFrame))).toEqual(size);
  expect(readVp9KeyFrame(Uint8Array.of(0xa8, 0x01, 0x00, 0x00, ...keyFrame))).toEqual(size);
  // With a structure of one size and a group of two pictures, of which the second leans on one.
  const structure = [0x18, 5, 0, 2, 208, 2, 0x00, 0x04, 1];
  expect(readVp9KeyFrame(Uint8Array.of(0x0a, ...structure, ...keyFrame))).toEqual(size);
});

it.each([
  [1280, 720],
  [640, 360],
])('reads the size of the largest spatial layer from the structure: L3T3 of %ix%i', (width, height) => {
  // As Chromium sends it: three sizes, a group of four pictures, the frame itself in the smallest size.
  const bytes = (size: number) => [size >> 8, size & 0xff];
  const sizes = [4, 2, 1].flatMap((part) => [...bytes(width / part), ...bytes(height / part)]);
  const group = [4, 0x00, 0x54, 2, 0x34, 1, 0x54, 2];
  const descriptor = [0xaa, 0x81, 0x02, 0x00, 0x00, 0x58, ...sizes, ...group];
  const frame = keyFrameOf(width / 4, height / 4);
  expect(readVp9KeyFrame(Uint8Array.of(...descriptor, ...frame))).toEqual({ width, height });
});

it('reads nothing from other frames, later packets and what is cut off', () => {
  expect(readVp9KeyFrame(Uint8Array.of(0x48, ...keyFrame))).toBeUndefined();
  expect(readVp9KeyFrame(Uint8Array.of(0x00, ...keyFrame))).toBeUndefined();
  expect(readVp9KeyFrame(Uint8Array.of(0x08, ...keyFrame.slice(0, 6)))).toBeUndefined();
  expect(readVp9KeyFrame(Uint8Array.of(0x08, ...keyFrame.with(0, 0x86)))).toBeUndefined();
  expect(readVp9KeyFrame(Uint8Array.of(0x08, ...keyFrame.with(1, 0)))).toBeUndefined();
  expect(readVp9KeyFrame(new Uint8Array())).toBeUndefined();
});
