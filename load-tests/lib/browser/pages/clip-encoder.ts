import {
  drawFrameCounter,
  readFrameCounter,
} from '../../../../client-plugin/src/test-picture/frame-counter.ts';

/** What is to be encoded. */
export interface ClipRequest {
  width: number;
  height: number;
  frameRate: number;
  frames: number;
  bitrate: number;
}

declare global {
  interface Window {
    /** @returns each frame, in Base64 */
    encodeClip(request: ClipRequest): Promise<string[]>;
  }
}

/** The picture's blocks, in pixels: an encoder cannot make blocks of this size cheap. */
const BLOCK = 16;

/** This part of them changes from one picture to the next, at random. */
const RESTLESS = 0.3;

/** More pictures than this do not wait for a codec at a time. */
const QUEUE = 8;

/** Numbers from 0 to 1 that are the same every time (xorshift, 32 bits). */
function randomNumbers(): () => number {
  let state = 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Draws one picture after the other onto the same surface. */
function restlessPictures({ width, height }: ClipRequest) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new Error('this browser has no canvas');
  const random = randomNumbers();
  const draw = (count: number) => {
    for (let y = 0; y < height; y += BLOCK) {
      for (let x = 0; x < width; x += BLOCK) {
        if (count > 0 && random() > RESTLESS) continue;
        context.fillStyle = `hsl(${random() * 360} 60% ${20 + random() * 40}%)`;
        context.fillRect(x, y, BLOCK, BLOCK);
      }
    }
    drawFrameCounter(context, width, height, count);
  };
  return { canvas, draw };
}

async function roomIn(codec: EventTarget, waiting: () => number): Promise<void> {
  while (waiting() >= QUEUE) {
    await new Promise((resolve) => codec.addEventListener('dequeue', resolve, { once: true }));
  }
}

async function encode(request: ClipRequest): Promise<EncodedVideoChunk[]> {
  const { width, height, frameRate, frames, bitrate } = request;
  const chunks: EncodedVideoChunk[] = [];
  let failed: Error | undefined;
  const encoder = new VideoEncoder({
    output: (chunk) => chunks.push(chunk),
    error: (error) => {
      failed = error;
    },
  });
  encoder.configure({
    codec: 'vp8',
    width,
    height,
    bitrate,
    framerate: frameRate,
    bitrateMode: 'constant',
    // In a hurry it would leave out pictures.
    latencyMode: 'quality',
  });
  const { canvas, draw } = restlessPictures(request);
  for (let count = 0; count < frames && !failed; count += 1) {
    draw(count);
    const frame = new VideoFrame(canvas, { timestamp: Math.round((count * 1e6) / frameRate) });
    encoder.encode(frame, { keyFrame: count === 0 });
    frame.close();
    await roomIn(encoder, () => encoder.encodeQueueSize);
  }
  if (!failed) await encoder.flush();
  if (failed) throw failed;
  return chunks;
}

/** The numbers in what a viewer would see of it. */
async function decodedNumbers(chunks: EncodedVideoChunk[], { width, height }: ClipRequest) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const numbers: (number | undefined)[] = [];
  let failed: Error | undefined;
  const decoder = new VideoDecoder({
    output: (frame) => {
      context?.drawImage(frame, 0, 0);
      frame.close();
      numbers.push(context ? readFrameCounter(context.getImageData(0, 0, width, height)) : undefined);
    },
    error: (error) => {
      failed = error;
    },
  });
  decoder.configure({ codec: 'vp8' });
  for (const chunk of chunks) {
    if (failed) throw failed;
    decoder.decode(chunk);
    await roomIn(decoder, () => decoder.decodeQueueSize);
  }
  await decoder.flush();
  return numbers;
}

function toBase64(chunk: EncodedVideoChunk): string {
  const bytes = new Uint8Array(chunk.byteLength);
  chunk.copyTo(bytes);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

window.encodeClip = async (request) => {
  const chunks = await encode(request);
  const numbers = await decodedNumbers(chunks, request);
  const wrong = Array.from({ length: request.frames }, (_, index) => index).find(
    (index) => numbers[index] !== index,
  );
  if (wrong !== undefined) {
    throw new Error(`${chunks.length} frames came out, and frame ${wrong} says ${numbers[wrong]}`);
  }
  return chunks.map(toBase64);
};
