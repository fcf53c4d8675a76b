import { expect, it } from 'vitest';
import { nalUnitsOf, withoutEmulationPrevention } from './h264-payload.ts';

it('takes a single unit as it is', () => {
  expect(nalUnitsOf(Uint8Array.of(0x65, 1, 2))).toEqual([{ type: 5, body: Uint8Array.of(1, 2) }]);
});

it('takes a STAP-A apart, as far as it goes', () => {
  const whole = [0x78, 0, 2, 0x67, 1, 0, 3, 0x68, 2, 3];
  const units = [
    { type: 7, body: Uint8Array.of(1) },
    { type: 8, body: Uint8Array.of(2, 3) },
  ];
  expect(nalUnitsOf(Uint8Array.from(whole))).toEqual(units);
  expect(nalUnitsOf(Uint8Array.from(whole.slice(0, -1)))).toEqual(units.slice(0, 1));
});

it('takes the beginning of a unit from its first FU-A, and nothing from the others', () => {
  expect(nalUnitsOf(Uint8Array.of(0x7c, 0x85, 1, 2))).toEqual([{ type: 5, body: Uint8Array.of(1, 2) }]);
  expect(nalUnitsOf(Uint8Array.of(0x7c, 0x05, 1, 2))).toEqual([]);
  expect(nalUnitsOf(Uint8Array.of(0x7c, 0x45, 1, 2))).toEqual([]);
});

it('takes nothing from what is empty, cut off or not used in WebRTC', () => {
  for (const bytes of [
    [],
    [0x78],
    [0x78, 0, 0, 1],
    [0x7c],
    [0x79, 1, 2],
    [0x7d, 0x85, 1],
    [0x00, 1],
    [0x1f, 1],
  ]) {
    expect(nalUnitsOf(Uint8Array.from(bytes))).toEqual([]);
  }
});

it('takes out the bytes that keep start codes from arising, and no others', () => {
  const body = Uint8Array.of(0, 0, 3, 1, 0, 0, 3, 0, 0, 3, 3, 0, 3);
  expect(withoutEmulationPrevention(body)).toEqual(Uint8Array.of(0, 0, 1, 0, 0, 0, 0, 3, 0, 3));
  expect(withoutEmulationPrevention(body, 3)).toEqual(Uint8Array.of(0, 0, 1));
});
