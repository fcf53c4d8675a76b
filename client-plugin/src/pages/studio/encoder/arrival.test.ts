import { expect, it } from 'vitest';
import type { Finding, TrackReport } from '../../../index.ts';
import { pictureFirst, problemsFirst, trackFacts } from './arrival.ts';

const picture: TrackReport = { kind: 'video', codec: 'H264', layers: 1 };

it.each<[TrackReport, string[]]>([
  [{ ...picture, width: 1280, height: 720, layers: 3 }, ['H.264', '1280 × 720', '3 sizes']],
  [{ ...picture, profile: 'Constrained Baseline' }, ['H.264 Constrained Baseline', '1 size']],
  [
    { ...picture, bitrate: 2_481_000, keyFrameSeconds: 2.04 },
    ['H.264', '1 size', '2.5 Mbit/s', 'key frame every 2 s'],
  ],
  [
    { ...picture, bitrate: 999_700, keyFrameSeconds: 12.4 },
    ['H.264', '1 size', '1.0 Mbit/s', 'key frame every 12 s'],
  ],
  [{ ...picture, codec: 'VP8', keyFrameSeconds: 0.5 }, ['VP8', '1 size', 'key frame every 0.5 s']],
  [{ kind: 'audio', codec: 'opus', layers: 1, bitrate: 64_400 }, ['Opus', '64 kbit/s']],
  [{ kind: 'audio', codec: 'opus', layers: 1 }, ['Opus']],
])('says of %o %o', (track, facts) => {
  expect(trackFacts(track)).toEqual(facts);
});

it('puts the picture before the sound', () => {
  const sound: TrackReport = { kind: 'audio', codec: 'opus', layers: 1 };
  expect(pictureFirst([sound, picture])).toEqual([picture, sound]);
});

it('puts problems before hints, and leaves the order within each', () => {
  const finding = (code: Finding['code'], severity: Finding['severity']): Finding => ({
    code,
    severity,
    title: '',
    message: '',
    fix: '',
  });
  const found = [
    finding('ONE_LAYER', 'hint'),
    finding('B_FRAMES', 'problem'),
    finding('STREAM_ID_WEAK', 'hint'),
    finding('KEY_FRAMES_RARE', 'problem'),
  ];
  const codes = problemsFirst(found).map(({ code }) => code);
  expect(codes).toEqual(['B_FRAMES', 'KEY_FRAMES_RARE', 'ONE_LAYER', 'STREAM_ID_WEAK']);
  expect(found[0]?.code).toBe('ONE_LAYER');
});
