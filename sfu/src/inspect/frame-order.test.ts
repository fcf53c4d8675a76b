import fc from 'fast-check';
import { expect, it } from 'vitest';
import { measureFrameOrder, type OrderedPacket } from './frame-order.ts';

const FRAME = 3_000;

/** Frames by the place at which they are shown, in the order they are sent, with two packets each. */
function sent(places: readonly number[], { sequence = 0, timestamp = 0, ssrc = 1 } = {}): OrderedPacket[] {
  return places.flatMap((place, frame) =>
    [0, 1].map((packet) => ({
      ssrc,
      sequenceNumber: (sequence + frame * 2 + packet) & 0xffff,
      timestamp: (timestamp + place * FRAME) >>> 0,
    })),
  );
}

const inOrder = Array.from({ length: 60 }, (_, place) => place);
/** I P B B P B B: each P is sent before the two B-frames it is shown after. */
const withBFrames = [
  0,
  ...Array.from({ length: 20 }, (_, group) => [3, 1, 2].map((place) => group * 3 + place)).flat(),
];

it('finds no step back where there is none, and each B-frame where there are some', () => {
  expect(measureFrameOrder(sent(inOrder))).toEqual({ frames: 60, backward: 0 });
  expect(measureFrameOrder(sent(withBFrames))).toEqual({ frames: 61, backward: 40 });
  expect(measureFrameOrder([])).toEqual({ frames: 0, backward: 0 });
});

it('counts on where sequence numbers and timestamps begin anew', () => {
  const about = { sequence: 65_500, timestamp: 2 ** 32 - 20 * FRAME };
  expect(measureFrameOrder(sent(inOrder, about))).toEqual({ frames: 60, backward: 0 });
  expect(measureFrameOrder(sent(withBFrames, about))).toEqual({ frames: 61, backward: 40 });
});

it('keeps streams apart', () => {
  const both = [sent(inOrder), sent(withBFrames, { ssrc: 2, timestamp: 77 })].flat();
  expect(measureFrameOrder(both)).toEqual({ frames: 121, backward: 40 });
});

it('does not take an encoder that began anew for B-frames', () => {
  const again = [...sent(inOrder, { timestamp: 1_000_000 }), ...sent(inOrder, { sequence: 120 })];
  expect(measureFrameOrder(again).backward).toBe(0);
});

it('is not misled by a network that swaps, repeats and loses packets', () => {
  const fate = fc.record({ delay: fc.integer({ min: 0, max: 30 }), copies: fc.integer({ min: 0, max: 2 }) });
  fc.assert(
    fc.property(
      fc.array(fate, { minLength: 120, maxLength: 120 }),
      fc.integer({ min: 0, max: 65_535 }),
      (fates, sequence) => {
        const arrived = sent(inOrder, { sequence })
          .flatMap((packet, index) => {
            const { delay = 0, copies = 1 } = fates[index] ?? {};
            return Array.from({ length: copies }, (_, copy) => ({ packet, at: index + delay + copy * 7 }));
          })
          .sort((a, b) => a.at - b.at)
          .map(({ packet }) => packet);
        expect(measureFrameOrder(arrived).backward).toBe(0);
      },
    ),
  );
});
