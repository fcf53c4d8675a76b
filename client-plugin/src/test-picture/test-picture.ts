import { drawFrameCounter } from './frame-counter.ts';
import { TestCard } from './test-card.ts';
import { createTone } from './tone.ts';

export interface TestPictureOptions {
  /** In pixels; 1280 × 720 unless said otherwise. */
  width?: number;
  height?: number;
  /** Frames a second; 30 unless said otherwise. */
  frameRate?: number;
}

export interface TestPicture {
  /** One video and one audio track. */
  stream: MediaStream;
  stop(): void;
}

/** A moving picture with a tone, for machines that have no camera and for whoever wants to try things out. */
export function createTestPicture({
  width = 1280,
  height = 720,
  frameRate = 30,
}: TestPictureOptions = {}): TestPicture {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const ctx = canvas.getContext('2d', { alpha: false });
  if (!ctx) throw new Error('This browser has no canvas to draw the test picture on.');
  const card = new TestCard(ctx, width, height, frameRate);

  let count = 0;
  const draw = (elapsedMs: number) => {
    card.draw(elapsedMs, count);
    drawFrameCounter(ctx, width, height, count);
    count++;
  };
  draw(0);

  const stream = canvas.captureStream(frameRate);
  const tone = createTone();
  if (tone.track) stream.addTrack(tone.track);
  const ticker = new Worker(new URL('./ticker.ts', import.meta.url), { type: 'module' });
  ticker.onmessage = ({ data: elapsedMs }: MessageEvent<number>) => draw(elapsedMs);
  ticker.postMessage(frameRate);

  return {
    stream,
    stop() {
      ticker.terminate();
      tone.stop();
      for (const track of stream.getTracks()) track.stop();
    },
  };
}
