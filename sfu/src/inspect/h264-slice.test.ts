import { expect, it } from 'vitest';
import { sliceTypeOf } from './h264-slice.ts';

/** First macroblock 0, then the slice type as an exp-Golomb number. */
const codes = ['1', '010', '011', '00100', '00101', '00110', '00111', '0001000', '0001001', '0001010'];
const slice = (code: string) => Uint8Array.of(Number.parseInt(`1${code}`.padEnd(8, '0'), 2), 0);

it('knows each type of a slice by its number', () => {
  const types = codes.map((code) => sliceTypeOf({ type: 1, body: slice(code) }));
  expect(types).toEqual(['P', 'B', 'I', 'SP', 'SI', 'P', 'B', 'I', 'SP', 'SI']);
});

it('reads a slice that does not begin at the first macroblock', () => {
  // 1000 as an exp-Golomb number, then B.
  const body = Uint8Array.of(0b0000_0000, 0b0111_1101, 0b0010_1000);
  expect(sliceTypeOf({ type: 1, body })).toBe('B');
});

it('knows no type for other units, nor for numbers past the table', () => {
  expect(sliceTypeOf({ type: 7, body: slice('010') })).toBeUndefined();
  expect(sliceTypeOf({ type: 1, body: slice('0001011') })).toBeUndefined();
  expect(sliceTypeOf({ type: 1, body: new Uint8Array() })).toBeUndefined();
  expect(sliceTypeOf({ type: 5, body: new Uint8Array(20) })).toBeUndefined();
});
