import { readFileSync, renameSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readIvf, writeIvf } from './ivf.ts';

/** One encoded picture. */
export interface Frame {
  data: Buffer;
  /** Whether it can be decoded without those before it. */
  key: boolean;
}

/** Video as an encoder made it, VP8. It begins with a key frame, and every other frame needs all before it. */
export interface Clip {
  /** An IVF file. */
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  readonly frames: readonly Frame[];
}

/** Counted up with every change to how the clip is made, so that nobody measures with one of before. */
const RECIPE = 1;

const FOURCC = 'VP80';

/**
 * The clip that publishers send: 10 s of restless pictures of 640 by 360 at 30 frames a second, about 1.3 Mbit/s,
 * so that a frame takes five packets of up to 1200 bytes, each frame with its number in it for whoever decodes
 * it. It is encoded once, by Chromium, and then kept.
 *
 * @param options.cache the user's cache folder of Meshlift
 * @throws Error when there is no browser to encode it, or one that encodes something else
 */
export async function obtainClip({ cache, signal }: { cache: string; signal?: AbortSignal }): Promise<Clip> {
  const folder = join(cache, 'clips');
  const file = join(folder, `vp8-640x360-30-${RECIPE}.ivf`);
  const kept = keptClip(file);
  if (kept) return kept;
  // A publisher's process reads the clip, and has no use for all that drives a browser.
  const { encodeClip } = await import('../browser/encode-clip.ts');
  const video = await encodeClip({ ...(signal && { signal }) });
  await mkdir(folder, { recursive: true });
  const part = `${file}.${process.pid}.part`;
  await writeFile(part, writeIvf({ fourcc: FOURCC, ...video }));
  const clip = readClip(part);
  if (clip.frames.filter(({ key }) => key).length > 1)
    throw new Error(`${part} has more key frames than one`);
  renameSync(part, file);
  return { ...clip, file };
}

/** @throws Error that names the file and what is wrong with it */
export function readClip(file: string): Clip {
  const content = readFileSync(file);
  try {
    const { fourcc, width, height, frameRate, frames: pictures } = readIvf(content);
    if (fourcc !== FOURCC) throw new Error(`its codec is ${fourcc}, and publishers send ${FOURCC}`);
    const frames = pictures.map((data) => ({ data, key: isKeyFrame(data) }));
    if (!frames[0]?.key) throw new Error('it does not begin with a key frame');
    return { file, width, height, frameRate, frames };
  } catch (error) {
    throw new Error(`${file} is no clip: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}

/** One that was cut short, by a full disk say, is made anew. */
function keptClip(file: string): Clip | undefined {
  try {
    return readClip(file);
  } catch {
    return undefined;
  }
}

/** By the lowest bit of its first byte (RFC 6386, section 9.1). */
const isKeyFrame = (frame: Buffer) => (frame.readUInt8(0) & 1) === 0;
