import fc from 'fast-check';
import { expect, it } from 'vitest';
import { measureFrameOrder } from './frame-order.ts';
import { nalUnitsOf } from './h264-payload.ts';
import { h264Profile } from './h264-profile.ts';
import { sliceTypeOf } from './h264-slice.ts';
import { readSequenceParameters } from './h264-sps.ts';
import { PictureFacts } from './picture-facts.ts';
import { readRtpPacket } from './rtp-packet.ts';
import { tracedPacket } from './traced-packet.ts';
import { readVp8KeyFrame } from './vp8-key-frame.ts';
import { readVp9KeyFrame } from './vp9-key-frame.ts';

const RUNS = { numRuns: 5_000 };

const REAL_SPS = Buffer.from('67640028acb403c0113f2e02d40404050000030001000003003c8f1832a0', 'hex');

/** Bytes of any kind, those that begin as some parser likes, and a real parameter set with some bytes changed. */
const hostileBytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .tuple(
      fc.constantFrom(0x67, 0x78, 0x7c, 0x65, 0x10, 0x90, 0x0a, 0xba, 0x80, 0xbf),
      fc.uint8Array({ maxLength: 80 }),
    )
    .map(([first, rest]) => Uint8Array.of(first, ...rest)),
  fc.array(fc.tuple(fc.nat(REAL_SPS.length - 1), fc.nat(255)), { maxLength: 6 }).map((changes) => {
    const copy = Uint8Array.from(REAL_SPS);
    for (const [place, byte] of changes) copy[place] = byte;
    return copy;
  }),
);

it('no bytes make a parser throw, or answer with a size that is none', () => {
  fc.assert(
    fc.property(hostileBytes, (bytes) => {
      readRtpPacket(bytes);
      for (const unit of nalUnitsOf(bytes)) {
        sliceTypeOf(unit);
        readSequenceParameters(unit);
      }
      const units = [
        { type: 7, body: bytes },
        { type: 1, body: bytes },
      ];
      for (const unit of units) sliceTypeOf(unit);
      const sizes = [
        ...units.map((unit) => readSequenceParameters(unit)),
        readVp8KeyFrame(bytes),
        readVp9KeyFrame(bytes),
      ];
      for (const size of sizes) {
        if (!size) continue;
        expect(Number.isInteger(size.width) && size.width > 0 && size.width <= 65_536).toBe(true);
        expect(Number.isInteger(size.height) && size.height > 0 && size.height <= 65_536).toBe(true);
      }
      for (const codec of ['H264', 'VP8', 'VP9', 'AV1']) new PictureFacts(codec).add(bytes);
    }),
    RUNS,
  );
});

it('no bits make a profile without a name', () => {
  fc.assert(
    fc.property(fc.nat(255), fc.nat(255), (profileIdc, constraints) => {
      expect(h264Profile(profileIdc, constraints).name).not.toBe('');
    }),
    RUNS,
  );
});

it('no packets make more steps back than there are pictures', () => {
  const packet = fc.record({
    ssrc: fc.nat(2),
    sequenceNumber: fc.nat(65_535),
    timestamp: fc.oneof(fc.nat(20_000), fc.integer({ min: 0, max: 0xffff_ffff })),
  });
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 100 }), (packets) => {
      const { frames, backward } = measureFrameOrder(packets);
      expect(backward).toBeLessThanOrEqual(frames);
      expect(frames).toBeLessThanOrEqual(packets.length);
    }),
  );
});

it('no trace event is read as a packet that it does not tell of', () => {
  const about = { type: 'rtp', timestamp: 0, direction: 'in' } as const;
  fc.assert(
    fc.property(fc.oneof(fc.anything(), fc.record({ ssrc: fc.anything() })), (rtpPacket) => {
      expect(tracedPacket({ ...about, info: { rtpPacket } })).toBeUndefined();
    }),
  );
});
