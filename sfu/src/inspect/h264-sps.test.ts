import { expect, it } from 'vitest';
import { nalUnitsOf } from './h264-payload.ts';
import { h264Profile } from './h264-profile.ts';
import { readSequenceParameters } from './h264-sps.ts';

/** As x264 writes them. */
const parameterSets = [
  ['6764 0028 acb403c0113f2e02d40404050000030001000003003c8f1832a0', 'High', 40, 1920, 1080],
  ['6742 c01ed900a02ff97016a0c0c0d4a0000003002000000791e2c5c9', 'Constrained Baseline', 30, 640, 360],
  ['676e 000da6cb202a10f111180b5060606a50000003001000000303c8f142a480', 'High 10', 13, 322, 242],
  ['677a 001fbcb200a00b7602d40404050000030001000003003c8f183248', 'High 4:2:2', 31, 1280, 720],
  ['67f4 001f91964014016fef016a02020280000003008000001e478c1924', 'High 4:4:4 Predictive', 31, 1280, 718],
  // Interlaced: two fields make up the height.
  ['6764 001face402d093602d418181a940000003004000000f27c58b92', 'High', 31, 720, 576],
] as const;

function read(hex: string) {
  const [unit] = nalUnitsOf(Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex')));
  return unit && readSequenceParameters(unit);
}

it.each(parameterSets)('reads %s as %s', (hex, profile, level, width, height) => {
  const parameters = read(hex);
  expect(parameters).toMatchObject({ levelIdc: level, width, height });
  expect(h264Profile(parameters?.profileIdc ?? 0, parameters?.constraints ?? 0).name).toBe(profile);
});

it('reads past scaling lists and the third way of counting pictures', () => {
  // Profile 100, 4:2:0, 8 bits; lists 0 and 6 present, each ended by its first delta; order type 1 with a cycle
  // of two; one reference; 2 x 2 macroblocks; frames only; no cropping.
  const endsAtOnce = '000010001';
  const bits = [
    '011001000000000000011110',
    '1',
    '010',
    '1',
    '1',
    '0',
    '1',
    '1',
    endsAtOnce,
    '00000',
    '1',
    endsAtOnce,
    '0',
    '1',
    '010',
    '0',
    '1',
    '1',
    '011',
    '010',
    '010',
    '010',
    '0',
    '010',
    '010',
    '1',
    '1',
    '0',
    '0',
    '1',
  ]
    .join('')
    .padEnd(160, '0');
  const bytes = Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2));
  expect(readSequenceParameters({ type: 7, body: bytes })).toMatchObject({
    width: 32,
    height: 32,
    levelIdc: 30,
  });
});

it('takes no other unit, and nothing that is cut off or has no size', () => {
  const [hex] = parameterSets[0];
  expect(read(hex.replace('67', '68'))).toBeUndefined();
  expect(read(hex.slice(0, 20))).toBeUndefined();
  expect(readSequenceParameters({ type: 7, body: new Uint8Array(40) })).toBeUndefined();
});
