import { describe, expect, test } from 'vitest';
import { readIvf, writeIvf } from './ivf.ts';

const video = {
  fourcc: 'VP80',
  width: 640,
  height: 360,
  frameRate: 30,
  frames: [Buffer.from('a key frame'), Buffer.from('another'), Buffer.from('x')],
};

describe('an IVF file', () => {
  test('is read as it was written', () => {
    expect(readIvf(writeIvf(video))).toEqual(video);
  });

  test('is laid out as everybody else reads it', () => {
    const file = writeIvf(video);
    expect(file.toString('latin1', 0, 4)).toBe('DKIF');
    expect(file.readUInt16LE(6)).toBe(32);
    expect(file.toString('latin1', 8, 12)).toBe('VP80');
    expect([file.readUInt32LE(16), file.readUInt32LE(20), file.readUInt32LE(24)]).toEqual([30, 1, 3]);
    expect(file.readUInt32LE(32)).toBe('a key frame'.length);
    const second = 32 + 12 + 'a key frame'.length;
    expect(file.readBigUInt64LE(second + 4)).toBe(1n);
  });

  test('may leave open how many frames it holds, and name a frame rate that is no whole number', () => {
    const file = writeIvf(video);
    file.writeUInt32LE(0, 24);
    file.writeUInt32LE(30_000, 16);
    file.writeUInt32LE(1_001, 20);
    const read = readIvf(file);
    expect(read.frames).toHaveLength(3);
    expect(read.frameRate).toBeCloseTo(29.97, 2);
  });

  test.each<[string, (file: Buffer) => Buffer]>([
    ['does not begin as an IVF file', () => Buffer.alloc(0)],
    ['does not begin as an IVF file', (file) => Buffer.concat([Buffer.from('RIFF'), file.subarray(4)])],
    ['of version 1', (file) => patch(file, () => file.writeUInt16LE(1, 4))],
    ['claims to be 8 bytes long', (file) => patch(file, () => file.writeUInt16LE(8, 6))],
    ['names no frame rate', (file) => patch(file, () => file.writeUInt32LE(0, 16))],
    ['names no frame rate', (file) => patch(file, () => file.writeUInt32LE(0, 20))],
    ['ends within frame 2', (file) => file.subarray(0, -1)],
    ['ends within frame 2', (file) => file.subarray(0, -8)],
    ['ends within frame 0', (file) => patch(file, () => file.writeUInt32LE(0xffffffff, 32))],
    ['frame 0 is empty', (file) => patch(file, () => file.writeUInt32LE(0, 32))],
    ['announces 4 frames and holds 3', (file) => patch(file, () => file.writeUInt32LE(4, 24))],
  ])('that is broken is refused: it %s', (reason, damage) => {
    expect(() => readIvf(damage(writeIvf(video)))).toThrow(reason);
  });
});

function patch(file: Buffer, change: () => void): Buffer {
  change();
  return file;
}
