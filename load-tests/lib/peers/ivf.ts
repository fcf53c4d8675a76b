/** Encoded pictures of one size, in the order in which they are shown. */
export interface IvfVideo {
  /** Four letters that name the codec, such as `VP80`. */
  fourcc: string;
  width: number;
  height: number;
  /** Frames a second: each frame comes one tick after the one before it. */
  frameRate: number;
  frames: readonly Buffer[];
}

const SIGNATURE = 'DKIF';
const FILE_HEADER = 32;
const FRAME_HEADER = 12;

/** The file as libvpx's tools, FFmpeg and GStreamer read it: all numbers little-endian, one tick for each frame. */
export function writeIvf({ fourcc, width, height, frameRate, frames }: IvfVideo): Buffer {
  const header = Buffer.alloc(FILE_HEADER);
  header.write(SIGNATURE, 0, 'latin1');
  header.writeUInt16LE(0, 4);
  header.writeUInt16LE(FILE_HEADER, 6);
  header.write(fourcc, 8, 'latin1');
  header.writeUInt16LE(width, 12);
  header.writeUInt16LE(height, 14);
  header.writeUInt32LE(frameRate, 16);
  header.writeUInt32LE(1, 20);
  header.writeUInt32LE(frames.length, 24);
  const parts = frames.flatMap((frame, index) => {
    const head = Buffer.alloc(FRAME_HEADER);
    head.writeUInt32LE(frame.length, 0);
    head.writeBigUInt64LE(BigInt(index), 4);
    return [head, frame];
  });
  return Buffer.concat([header, ...parts]);
}

/**
 * Reads what `writeIvf` writes, and other programs' files; of their timestamps it takes no notice.
 *
 * @throws Error that says what is wrong with it
 */
export function readIvf(file: Buffer): IvfVideo {
  if (file.length < FILE_HEADER || file.toString('latin1', 0, 4) !== SIGNATURE) {
    throw new Error('it does not begin as an IVF file does');
  }
  const version = file.readUInt16LE(4);
  if (version !== 0) throw new Error(`it is IVF of version ${version}, and only version 0 is known`);
  const headerLength = file.readUInt16LE(6);
  if (headerLength < FILE_HEADER) throw new Error(`its header claims to be ${headerLength} bytes long`);
  const ticks = file.readUInt32LE(16);
  const seconds = file.readUInt32LE(20);
  if (ticks === 0 || seconds === 0) throw new Error('it names no frame rate');
  const announced = file.readUInt32LE(24);
  const frames: Buffer[] = [];
  for (let at = headerLength; at < file.length; ) {
    const start = at + FRAME_HEADER;
    const end = start <= file.length ? start + file.readUInt32LE(at) : start;
    if (end > file.length) throw new Error(`it ends within frame ${frames.length}`);
    if (end === start) throw new Error(`frame ${frames.length} is empty`);
    frames.push(file.subarray(start, end));
    at = end;
  }
  // Programs that write while they encode leave the number at 0.
  if (announced !== 0 && announced !== frames.length) {
    throw new Error(`it announces ${announced} frames and holds ${frames.length}`);
  }
  return {
    fourcc: file.toString('latin1', 8, 12),
    width: file.readUInt16LE(12),
    height: file.readUInt16LE(14),
    frameRate: ticks / seconds,
    frames,
  };
}
