import { expect, it } from 'vitest';
import { readVp8KeyFrame } from './vp8-key-frame.ts';

const keyFrame = [0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x41];

it('reads the size behind any descriptor', () => {
  const size = { width: 640, height: 360 };
  expect(readVp8KeyFrame(Uint8Array.of(0x10, ...keyFrame))).toEqual(size);
  expect(readVp8KeyFrame(Uint8Array.of(0x90, 0x80, 0x7f, ...keyFrame))).toEqual(size);
  expect(readVp8KeyFrame(Uint8Array.of(0x90, 0xf0, 0x81, 0x02, 5, 6, ...keyFrame))).toEqual(size);
});

it('reads nothing from other frames, later packets and what is cut off', () => {
  const interFrame = keyFrame.with(0, 0x11);
  expect(readVp8KeyFrame(Uint8Array.of(0x10, ...interFrame))).toBeUndefined();
  expect(readVp8KeyFrame(Uint8Array.of(0x00, ...keyFrame))).toBeUndefined();
  expect(readVp8KeyFrame(Uint8Array.of(0x11, ...keyFrame))).toBeUndefined();
  expect(readVp8KeyFrame(Uint8Array.of(0x10, ...keyFrame.slice(0, -1)))).toBeUndefined();
  expect(readVp8KeyFrame(Uint8Array.of(0x10, ...keyFrame.with(3, 0)))).toBeUndefined();
  expect(readVp8KeyFrame(new Uint8Array())).toBeUndefined();
});
