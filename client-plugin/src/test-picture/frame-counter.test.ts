import { describe, expect, it } from 'vitest';
import { drawFrameCounter, FRAME_COUNT_MODULUS, type Pixels, readFrameCounter } from './frame-counter.ts';

/** As much of a canvas as the counter needs: rectangles of `#rrggbb` in an array of pixels. */
class PixelSurface implements Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
  fillStyle: unknown = '#000000';

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.data = new Uint8ClampedArray(width * height * 4);
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    const rgb = String(this.fillStyle).match(/[0-9a-f]{2}/g) ?? [];
    const colour = [...rgb.map((part) => Number.parseInt(part, 16)), 255];
    for (let row = y; row < y + height; row++) {
      for (let column = x; column < x + width; column++) {
        this.data.set(colour, (row * this.width + column) * 4);
      }
    }
  }
}

/** The same numbers on every run, so that a failure can be looked at again (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function pictureOf(count: number, width = 640, height = 360): PixelSurface {
  const surface = new PixelSurface(width, height);
  drawFrameCounter(surface, width, height, count);
  return surface;
}

function mapPixels(source: Pixels, change: (level: number, index: number) => number): Pixels {
  return { ...source, data: Uint8ClampedArray.from(source.data, change) };
}

/** Averages blocks of pixels, as a smaller simulcast layer does. */
function shrink(source: Pixels, factor: number): Pixels {
  const width = Math.floor(source.width / factor);
  const height = Math.floor(source.height / factor);
  const data = new Uint8ClampedArray(width * height * 4);
  for (let index = 0; index < data.length; index++) {
    const [x, y, channel] = [(index >> 2) % width, Math.floor(index / 4 / width), index % 4];
    let sum = 0;
    for (let dy = 0; dy < factor; dy++) {
      for (let dx = 0; dx < factor; dx++) {
        sum += source.data[((y * factor + dy) * source.width + x * factor + dx) * 4 + channel] ?? 0;
      }
    }
    data[index] = sum / factor ** 2;
  }
  return { width, height, data };
}

const sizes: [number, number][] = [
  [1920, 1080],
  [1280, 720],
  [854, 480],
  [640, 360],
  [320, 180],
  [240, 426],
];
const counts = [0, 1, 2, 3, 29, 255, 256, 32_767, 32_768, 40_001, 65_535];

describe('the frame counter', () => {
  it.each(sizes)('is read back from a picture of %i × %i', (width, height) => {
    for (const count of counts) expect(readFrameCounter(pictureOf(count, width, height))).toBe(count);
  });

  it('is read back for every count', () => {
    const surface = new PixelSurface(64, 24);
    for (let count = 0; count < FRAME_COUNT_MODULUS; count++) {
      drawFrameCounter(surface, 64, 24, count);
      if (readFrameCounter(surface) !== count)
        expect.fail(`${count} was read as ${readFrameCounter(surface)}`);
    }
  });

  it('starts again after the last count', () => {
    expect(readFrameCounter(pictureOf(FRAME_COUNT_MODULUS + 7))).toBe(7);
  });

  it.each([2, 3, 4])('survives being scaled down by %i', (factor) => {
    for (const count of counts)
      expect(readFrameCounter(shrink(pictureOf(count, 1280, 720), factor))).toBe(count);
  });

  it('survives noise, low contrast and a shift in brightness at 320 × 180', () => {
    const random = seededRandom(1);
    for (const count of counts) {
      const faded = mapPixels(shrink(pictureOf(count, 1280, 720), 4), (level) => {
        return 40 + level * 0.5 + (random() - 0.5) * 80;
      });
      expect(readFrameCounter(faded)).toBe(count);
    }
  });

  it.each([
    ['black', 0],
    ['grey', 128],
    ['white', 255],
  ])('is not seen in a %s picture', (_name, level) => {
    expect(readFrameCounter(mapPixels(new PixelSurface(640, 360), () => level))).toBeUndefined();
  });

  it('is not seen in random pixels, nor in random cells', () => {
    const random = seededRandom(2);
    const picture = new PixelSurface(320, 180);
    let taken = 0;
    for (let round = 0; round < 60; round++) {
      if (readFrameCounter(mapPixels(picture, () => random() * 255)) !== undefined) taken++;
      for (let cell = 0; cell < 32; cell++) {
        picture.fillStyle = random() < 0.5 ? '#000000' : '#ffffff';
        picture.fillRect(cell * 10, 165, 10, 15);
      }
      if (readFrameCounter(picture) !== undefined) taken++;
    }
    expect(taken).toBe(0);
  });

  it('is not trusted when a cell is flipped or grey', () => {
    for (let cell = 0; cell < 32; cell++) {
      for (const colour of ['#000000', '#808080', '#ffffff']) {
        const picture = pictureOf(12_345, 320, 180);
        picture.fillStyle = colour;
        picture.fillRect(cell * 10, 165, 10, 15);
        expect([undefined, 12_345]).toContain(readFrameCounter(picture));
        if (colour === '#808080') expect(readFrameCounter(picture)).toBeUndefined();
      }
    }
  });

  it('is not trusted when the picture is torn between two frames', () => {
    const picture = pictureOf(1_023, 320, 180);
    const other = pictureOf(43_690, 320, 180);
    for (let y = 165; y < 180; y++) {
      const from = (y * 320 + 160) * 4;
      picture.data.set(other.data.subarray(from, from + 640), from);
    }
    expect(readFrameCounter(picture)).toBeUndefined();
  });
});
