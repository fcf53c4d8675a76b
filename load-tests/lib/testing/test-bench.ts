import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { Clip } from '../peers/clip.ts';
import type { Bench, Wishes } from '../scenario.ts';
import { KEY_FRAME } from './send-to.ts';

const FRAMES = 30;

/** The lowest bit says that it needs others (RFC 6386, section 9.1). */
const INTER_FRAME = Buffer.concat([Buffer.from([0x11]), Buffer.alloc(1_500)]);

/** What a scenario needs for a real run, on any core and with the smallest clip there can be. */
export function testBench(wishes: Wishes): { bench: Bench; discarded: string[] } {
  const discarded: string[] = [];
  return {
    discarded,
    bench: {
      wishes,
      cores: { relay: undefined, load: undefined },
      clip: testClip(),
      root: fileURLToPath(new URL('../../..', import.meta.url)),
      signal: new AbortController().signal,
      progress: () => undefined,
      discard: (reason) => void discarded.push(reason),
      note: () => undefined,
    },
  };
}

/** One key frame and others that build on it, in an IVF file: a header of 32 bytes, and 12 before each frame. */
function testClip(): Clip {
  const folder = mkdtempSync(join(tmpdir(), 'meshlift-clip-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'clip.ivf');
  const [width, height, frameRate] = [640, 360, 30];
  const frames = Array.from({ length: FRAMES }, (_, index) => ({
    data: index === 0 ? KEY_FRAME : INTER_FRAME,
    key: index === 0,
  }));
  const header = Buffer.alloc(32);
  header.write('DKIF', 0);
  header.writeUInt16LE(header.length, 6);
  header.write('VP80', 8);
  header.writeUInt16LE(width, 12);
  header.writeUInt16LE(height, 14);
  header.writeUInt32LE(frameRate, 16);
  header.writeUInt32LE(1, 20);
  header.writeUInt32LE(frames.length, 24);
  const written = frames.flatMap(({ data }, index) => {
    const head = Buffer.alloc(12);
    head.writeUInt32LE(data.length, 0);
    head.writeBigUInt64LE(BigInt(index), 4);
    return [head, data];
  });
  writeFileSync(file, Buffer.concat([header, ...written]));
  return { file, width, height, frameRate, frames };
}
