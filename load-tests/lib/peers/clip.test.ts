import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readClip } from './clip.ts';
import { writeIvf } from './ivf.ts';

/** Key frames of VP8 have the lowest bit of their first byte clear (RFC 6386, section 9.1). */
const KEY = Buffer.from([0x10, 1, 2]);
const INTER = Buffer.from([0x11, 1, 2]);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'meshlift-clip-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function written(frames: Buffer[], fourcc = 'VP80'): string {
  const file = join(folder, 'clip.ivf');
  writeFileSync(file, writeIvf({ fourcc, width: 64, height: 36, frameRate: 30, frames }));
  return file;
}

describe('a clip', () => {
  test('is read with what can be decoded by itself', () => {
    const file = written([KEY, INTER, INTER]);
    const { frames, ...head } = readClip(file);
    expect(head).toEqual({ file, width: 64, height: 36, frameRate: 30 });
    expect(frames.map(({ key }) => key)).toEqual([true, false, false]);
    expect(frames.map(({ data }) => data)).toEqual([KEY, INTER, INTER]);
  });

  test.each<[string, () => string]>([
    ['does not begin with a key frame', () => written([INTER, KEY])],
    ['does not begin with a key frame', () => written([])],
    ['its codec is VP90', () => written([KEY], 'VP90')],
  ])('that publishers cannot send is refused: %s', (reason, make) => {
    const file = make();
    expect(() => readClip(file)).toThrow(`${file} is no clip: `);
    expect(() => readClip(file)).toThrow(reason);
  });

  test('that is not there is refused', () => {
    expect(() => readClip(join(folder, 'none.ivf'))).toThrow('ENOENT');
  });
});
