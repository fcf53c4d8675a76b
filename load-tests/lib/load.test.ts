import { expect, it } from 'vitest';
import { doubtAbout, type Load } from './load.ts';

const good: Load = {
  viewers: 200,
  packetsPerSecond: 30_000,
  packetsPerCpuSecond: 200_000,
  cpu: 0.15,
  memory: 1e8,
  loss: 0,
  crowd: 0.3,
};

it('does not count what the viewers and not the relay have limited', () => {
  expect(doubtAbout(good, 200)).toBeUndefined();
  expect(doubtAbout({ ...good, crowd: 0.9 }, 200)).toContain('they are the bottleneck');
  expect(doubtAbout({ ...good, loss: 0.002 }, 200)).toContain('0.20 %');
  expect(doubtAbout({ ...good, loss: Number.NaN }, 200)).toBeDefined();
  expect(doubtAbout({ ...good, viewers: 199 }, 200)).toContain('199 of 200');
});
