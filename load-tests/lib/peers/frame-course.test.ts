import { expect, test } from 'vitest';
import { FrameCourse, longestGap } from './frame-course.ts';
import { Vp8Packetizer } from './vp8.ts';

const key = Buffer.concat([Buffer.from([0x10]), Buffer.alloc(3_000)]);
const other = Buffer.concat([Buffer.from([0x11]), Buffer.alloc(3_000)]);
const packets = (packetizer: Vp8Packetizer, frame: Buffer, timestamp: number) =>
  packetizer.packets(frame, timestamp);

test('frames count from the first key frame on, when all their packets have come, in whatever order', () => {
  const course = new FrameCourse();
  const packetizer = new Vp8Packetizer({ payloadType: 96, ssrc: 1 });
  const [before, first, second, third] = [
    packets(packetizer, other, 1),
    packets(packetizer, key, 2),
    packets(packetizer, other, 3),
    packets(packetizer, other, 4),
  ];
  for (const packet of [...before, ...first, ...third.toReversed(), ...second.slice(1)])
    course.packet(packet);
  expect(course.frames.map(({ timestamp }) => timestamp)).toEqual([2, 4]);
  for (const packet of second.slice(0, 1)) course.packet(packet);
  expect(course.frames.map(({ timestamp }) => timestamp)).toEqual([2, 4, 3]);
});

test('another sender begins with a key frame of its own', () => {
  const course = new FrameCourse();
  for (const packet of packets(new Vp8Packetizer({ payloadType: 96, ssrc: 1 }), key, 1))
    course.packet(packet);
  const next = new Vp8Packetizer({ payloadType: 96, ssrc: 2 });
  for (const packet of [...packets(next, other, 2), ...packets(next, key, 3)]) course.packet(packet);
  expect(course.frames.map(({ timestamp }) => timestamp)).toEqual([1, 3]);
});

test('the longest gap counts from the beginning, and to the end', () => {
  const frames = [100, 130, 160, 400, 430].map((at) => ({ at, timestamp: at }));
  expect(longestGap(frames, 110, 450)).toBe(240);
  expect(longestGap(frames, 110, 900)).toBe(470);
  expect(longestGap([], 110, 210)).toBe(100);
});
