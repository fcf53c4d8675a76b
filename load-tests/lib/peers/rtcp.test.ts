import { expect, it } from 'vitest';
import { asksForKeyFrame, senderReport } from './rtcp.ts';

const report = senderReport({ ssrc: 1, timestamp: 2, packets: 3, bytes: 4 });
const feedback = (format: number, type = 206) =>
  Buffer.from([0x80 | format, type, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2]);

it('hears who asks for a key frame, by PLI or FIR, alone or behind a report', () => {
  expect(asksForKeyFrame(feedback(1))).toBe(true);
  expect(asksForKeyFrame(feedback(4))).toBe(true);
  expect(asksForKeyFrame(Buffer.concat([report, feedback(1)]))).toBe(true);
});

it('does not take anything else for such a request', () => {
  expect(asksForKeyFrame(report)).toBe(false);
  expect(asksForKeyFrame(feedback(15))).toBe(false);
  expect(asksForKeyFrame(feedback(1, 205))).toBe(false);
  expect(asksForKeyFrame(Buffer.alloc(0))).toBe(false);
  expect(asksForKeyFrame(Buffer.from([0x81]))).toBe(false);
});
