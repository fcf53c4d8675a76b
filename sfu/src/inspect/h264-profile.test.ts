import { expect, it } from 'vitest';
import { announcedProfile, h264Profile } from './h264-profile.ts';

it.each([
  [66, 0xc0, 'Constrained Baseline', 0],
  [66, 0x00, 'Baseline', 0],
  [77, 0x80, 'Constrained Baseline', 0],
  [77, 0x40, 'Main', 1],
  [88, 0xc0, 'Constrained Baseline', 0],
  [88, 0x00, 'Extended', 3],
  [100, 0x00, 'High', 2],
  [100, 0x08, 'Progressive High', 2],
  [100, 0x0c, 'Constrained High', 2],
  [110, 0x00, 'High 10', 3],
  [110, 0x10, 'High 10 Intra', 3],
  [122, 0x00, 'High 4:2:2', 3],
  [244, 0x00, 'High 4:4:4 Predictive', 3],
  [44, 0x00, 'CAVLC 4:4:4 Intra', 3],
  [7, 0x00, 'profile 7', 3],
])('calls %i with %i %s', (profileIdc, constraints, name, demand) => {
  expect(h264Profile(profileIdc, constraints)).toEqual({ name, demand });
});

it('reads what SDP announces, and nothing from other text', () => {
  expect(announcedProfile('42e01f')?.name).toBe('Constrained Baseline');
  expect(announcedProfile('640C1F')?.name).toBe('Constrained High');
  for (const other of [undefined, null, 42, '', '42e0', '42e01g', '42e01f0']) {
    expect(announcedProfile(other)).toBeUndefined();
  }
});
