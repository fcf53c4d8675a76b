import { expect, it } from 'vitest';
import { describeFinding, type FindingFigures, findingCodes, findingSchema } from './findings.ts';

const figures: FindingFigures = {
  NO_MEDIA: { missing: 'picture', seconds: 12.4 },
  PROFILE_UNUSUAL: { profile: 'High 10' },
  VIEWERS_CANNOT_DECODE: { codec: 'AV1', requestsPerMinute: 240.4 },
  B_FRAMES: { share: 0.002 },
  KEY_FRAMES_RARE: { seconds: 20.1, askedFor: 'never' },
  ONE_LAYER: { width: 1_280, height: 720, bitrate: 2_500_000 },
  STREAM_ID_WEAK: {},
};

it.each(findingCodes)('%s has a title, words with figures, and a fix', (code) => {
  const finding = describeFinding(code, 'problem', figures[code]);
  expect(findingSchema.parse(finding)).toEqual(finding);
  for (const text of [finding.title, finding.message, finding.fix])
    expect(text).not.toMatch(/^$|undefined|NaN/);
  expect(finding.message).toMatch(/\.$/);
});

it('rounds figures as people say them', () => {
  const message = <C extends keyof FindingFigures>(code: C) =>
    describeFinding(code, 'hint', figures[code]).message;
  expect(message('NO_MEDIA')).toContain('no picture has arrived for 12 seconds');
  expect(message('B_FRAMES')).toContain('About 1 of 100');
  expect(message('ONE_LAYER')).toContain('(1280x720, 2.5 Mbit/s)');
  expect(describeFinding('KEY_FRAMES_RARE', 'hint', { seconds: 1.2, askedFor: 'in vain' }).message).toContain(
    '1 second,',
  );
});
