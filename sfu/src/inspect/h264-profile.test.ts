import { expect, it } from 'vitest';
import { h264Profile } from './h264-profile.ts';

it.each([
  [66, 0xc0, 'Constrained Baseline', true],
  [66, 0x00, 'Baseline', true],
  [77, 0x80, 'Constrained Baseline', true],
  [77, 0x40, 'Main', true],
  [88, 0xc0, 'Constrained Baseline', true],
  [88, 0x00, 'Extended', false],
  [100, 0x00, 'High', true],
  [100, 0x08, 'Progressive High', true],
  [100, 0x0c, 'Constrained High', true],
  [110, 0x00, 'High 10', false],
  [110, 0x10, 'High 10 Intra', false],
  [122, 0x00, 'High 4:2:2', false],
  [244, 0x00, 'High 4:4:4 Predictive', false],
  [44, 0x00, 'CAVLC 4:4:4 Intra', false],
  [7, 0x00, 'profile 7', false],
])('calls %i with %i %s', (profileIdc, constraints, name, decodable) => {
  expect(h264Profile(profileIdc, constraints)).toEqual({ name, decodable });
});
