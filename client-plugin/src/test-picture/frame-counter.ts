/**
 * A number that survives being encoded, scaled and decoded again: a strip of light and dark cells along
 * the bottom edge of a picture. Whoever reads it from decoded pixels knows which frame is on the screen,
 * so that a frozen, black, stale or garbled picture cannot pass for a live one.
 *
 * From left to right: four guard cells (light, dark, light, dark), 16 bits of count, 8 bits of checksum,
 * four guard cells (dark, light, dark, light). The guards say what light and dark are after the way
 * through the codec, and random cells pass for a count once in 65,536 times.
 */
const GUARDS_LEFT = [1, 0, 1, 0];
const GUARDS_RIGHT = [0, 1, 0, 1];
const COUNT_BITS = 16;
const CHECKSUM_BITS = 8;
const CELLS = GUARDS_LEFT.length + COUNT_BITS + CHECKSUM_BITS + GUARDS_RIGHT.length;

/** Counts start again at 0 after this many frames: 36 minutes at 30 frames a second. */
export const FRAME_COUNT_MODULUS = 2 ** COUNT_BITS;

/** The strip's height as a part of the picture's: 60 pixels of 720, 15 of 180. */
export const FRAME_COUNTER_HEIGHT = 1 / 12;

/** Soft enough for a designed picture, far enough apart for any codec. */
const LIGHT = '#eaf3ef';
const DARK = '#0a0f0e';

/** Light and dark guards closer together than this, of 255, are no guards. */
const LEAST_CONTRAST = 64;

/** A cell must be this much of the contrast away from the middle, or it says nothing. */
const LEAST_CLARITY = 0.12;

/** What drawing needs of a canvas context. */
export interface FillSurface {
  fillStyle: unknown;
  fillRect(x: number, y: number, width: number, height: number): void;
}

/** What reading needs of an `ImageData`: RGBA, row after row. */
export interface Pixels {
  readonly data: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
}

/** Draws `count` along the bottom edge of a picture of that size. */
export function drawFrameCounter(ctx: FillSurface, width: number, height: number, count: number): void {
  const top = stripTop(height);
  encode(count).forEach((cell, index) => {
    const left = Math.round((index * width) / CELLS);
    const right = Math.round(((index + 1) * width) / CELLS);
    ctx.fillStyle = cell ? LIGHT : DARK;
    ctx.fillRect(left, top, right - left, height - top);
  });
}

/** The count in a whole picture, at whatever size it was decoded; `undefined` when there is none to trust. */
export function readFrameCounter(image: Pixels): number | undefined {
  if (image.width < CELLS || image.height < 1 / FRAME_COUNTER_HEIGHT) return undefined;
  const levels = Array.from({ length: CELLS }, (_, index) => cellLevel(image, index));
  const guards = [...GUARDS_LEFT, ...GUARDS_RIGHT];
  const guardLevels = [...levels.slice(0, GUARDS_LEFT.length), ...levels.slice(-GUARDS_RIGHT.length)];
  const light = average(guardLevels.filter((_, index) => guards[index] === 1));
  const dark = average(guardLevels.filter((_, index) => guards[index] === 0));
  const contrast = light - dark;
  if (contrast < LEAST_CONTRAST) return undefined;

  const distances = levels.map((level) => (level - (light + dark) / 2) / contrast);
  if (distances.some((distance) => Math.abs(distance) < LEAST_CLARITY)) return undefined;
  const cells = distances.map((distance) => (distance > 0 ? 1 : 0));
  const payload = cells.slice(GUARDS_LEFT.length, GUARDS_LEFT.length + COUNT_BITS);
  const count = fromGray(fromBits(payload));
  return encode(count).every((cell, index) => cell === cells[index]) ? count : undefined;
}

function encode(count: number): number[] {
  const wrapped = ((Math.floor(count) % FRAME_COUNT_MODULUS) + FRAME_COUNT_MODULUS) % FRAME_COUNT_MODULUS;
  return [
    ...GUARDS_LEFT,
    ...toBits(toGray(wrapped), COUNT_BITS),
    ...toBits(checksum(wrapped), CHECKSUM_BITS),
    ...GUARDS_RIGHT,
  ];
}

/** Gray code: one cell changes from one count to the next, which is gentle on encoders and eyes. */
const toGray = (count: number) => count ^ (count >> 1);

function fromGray(gray: number): number {
  let count = gray;
  for (let shift = 1; shift < COUNT_BITS; shift *= 2) count ^= count >> shift;
  return count;
}

/** CRC-8 with the polynomial x⁸ + x² + x + 1; its start value keeps a count of 0 from being all dark. */
function checksum(count: number): number {
  let crc = 0xff;
  for (const byte of [count >> 8, count & 0xff]) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x80 ? 0x07 : 0)) & 0xff;
  }
  return crc;
}

function toBits(value: number, length: number): number[] {
  return Array.from({ length }, (_, index) => (value >> (length - 1 - index)) & 1);
}

const fromBits = (bits: number[]) => bits.reduce((value, bit) => value * 2 + bit, 0);
const average = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const stripTop = (height: number) => Math.round(height * (1 - FRAME_COUNTER_HEIGHT));

/** The mean brightness in the middle of a cell, away from the edges that scaling and compression blur. */
function cellLevel({ data, width, height }: Pixels, index: number): number {
  const top = stripTop(height);
  const left = Math.floor(((index + 0.3) * width) / CELLS);
  const right = Math.max(left + 1, Math.ceil(((index + 0.7) * width) / CELLS));
  const upper = Math.floor(top + (height - top) * 0.3);
  const lower = Math.max(upper + 1, Math.ceil(top + (height - top) * 0.7));
  let sum = 0;
  for (let y = upper; y < lower; y++) {
    for (let x = left; x < right; x++) {
      const at = (y * width + x) * 4;
      // Rec. 601 luma, the channel in which video codecs are exact.
      sum += 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
    }
  }
  return sum / ((right - left) * (lower - upper));
}
