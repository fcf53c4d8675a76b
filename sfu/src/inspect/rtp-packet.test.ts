import { expect, it } from 'vitest';
import { readRtpPacket } from './rtp-packet.ts';

const header = (flags: number) => [flags, 0x66, 0x12, 0x34, 0, 0, 0, 5, 0xff, 0xff, 0xff, 0xfe];

it('reads a plain packet', () => {
  expect(readRtpPacket(Uint8Array.of(...header(0x80), 7, 8))).toEqual({
    ssrc: 0xffff_fffe,
    sequenceNumber: 0x1234,
    timestamp: 5,
    payload: Uint8Array.of(7, 8),
  });
});

it('leaves out contributing sources, header extension and padding', () => {
  const bytes = Uint8Array.of(...header(0xb1), 9, 9, 9, 9, 0xbe, 0xde, 0, 1, 1, 1, 1, 1, 7, 8, 0, 2);
  expect(readRtpPacket(bytes)?.payload).toEqual(Uint8Array.of(7, 8));
});

it('takes no other version, and nothing whose parts are longer than it is', () => {
  for (const bytes of [
    [],
    header(0x40),
    header(0x80).slice(1),
    header(0x8f),
    [...header(0x90), 0, 0, 0, 9],
    [...header(0xa0), 200],
  ]) {
    expect(readRtpPacket(Uint8Array.from(bytes))).toBeUndefined();
  }
});
