import { expect, it } from 'vitest';
import { LARGEST_PACKET, packetsOf, Vp8Packetizer } from './vp8.ts';

it('cuts a picture into packets that can be put together again', () => {
  const frame = Buffer.from(Array.from({ length: 5_000 }, (_, index) => index % 251));
  const packetizer = new Vp8Packetizer({ payloadType: 96, ssrc: 7 });
  const packets = packetizer.packets(frame, 90_000);
  expect(packets).toHaveLength(packetsOf(frame));
  expect(Math.max(...packets.map(({ length }) => length))).toBeLessThanOrEqual(LARGEST_PACKET);
  // RFC 3550, section 5.1: one timestamp, numbers in a row, a marker on the last one.
  expect(packets.map((packet) => packet.readUInt16BE(2))).toEqual([0, 1, 2, 3, 4]);
  expect(new Set(packets.map((packet) => packet.readUInt32BE(4)))).toEqual(new Set([90_000]));
  expect(packets.map((packet) => packet.readUInt8(1) >> 7)).toEqual([0, 0, 0, 0, 1]);
  // RFC 7741, section 4.2: the first one alone begins a partition, and all have the picture's number.
  expect(packets.map((packet) => packet.readUInt8(12) & 0x10)).toEqual([0x10, 0, 0, 0, 0]);
  expect(new Set(packets.map((packet) => packet.readUInt16BE(14) & 0x7fff))).toEqual(new Set([1]));
  expect(Buffer.concat(packets.map((packet) => packet.subarray(16)))).toEqual(frame);
});

it('goes on with its numbers in the next picture', () => {
  const packetizer = new Vp8Packetizer({ payloadType: 96, ssrc: 7 });
  packetizer.packets(Buffer.alloc(3_000), 0);
  const [packet] = packetizer.packets(Buffer.alloc(10), 3_000);
  expect(packet?.readUInt16BE(2)).toBe(3);
  expect((packet?.readUInt16BE(14) ?? 0) & 0x7fff).toBe(2);
});
