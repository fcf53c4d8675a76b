import { expect, it } from 'vitest';
import { BitReader } from './bit-reader.ts';

it('reads numbers across bytes, highest bit first', () => {
  const reader = new BitReader(Uint8Array.of(0b1010_0110, 0b1111_0000));
  expect([reader.bits(3), reader.flag(), reader.bits(8), reader.bits(0)]).toEqual([5, false, 0b0110_1111, 0]);
  expect(reader.exhausted).toBe(false);
});

it('reads 32 bits as a number that is not negative', () => {
  expect(new BitReader(Uint8Array.of(255, 255, 255, 255)).bits(32)).toBe(0xffff_ffff);
});

it('reads exp-Golomb numbers as ITU-T H.264, table 9-2, has them', () => {
  // 1, 010, 011, 00100, 00101 and then a rest of ones.
  const codes = Uint8Array.of(0b1010_0110, 0b0100_0010, 0b1111_1111);
  const unsigned = new BitReader(codes);
  expect([unsigned.ue(), unsigned.ue(), unsigned.ue(), unsigned.ue(), unsigned.ue()]).toEqual([
    0, 1, 2, 3, 4,
  ]);
  const signed = new BitReader(codes);
  expect([signed.se(), signed.se(), signed.se(), signed.se(), signed.se()]).toEqual([-0, 1, -1, 2, -2]);
});

it('reads zeros past the end, and says so', () => {
  const reader = new BitReader(Uint8Array.of(0));
  expect([reader.bits(4), reader.bits(9), reader.ue()]).toEqual([0, 0, 0]);
  expect(reader.exhausted).toBe(true);
});
