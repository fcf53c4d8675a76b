import { RTP_HEADER } from './rtp.ts';

/** With room for what SRTP and UDP add below the usual 1,500 of a line. */
export const LARGEST_PACKET = 1_200;

/** X, S; then I; then M with 15 bits of picture ID (RFC 7741, section 4.2). */
const DESCRIPTOR = 4;

/** Into how many packets a frame is cut. */
export function packetsOf(frame: Buffer): number {
  return Math.max(1, Math.ceil(frame.length / (LARGEST_PACKET - RTP_HEADER - DESCRIPTOR)));
}

/** Cuts encoded pictures into RTP packets of about equal size (RFC 7741). */
export class Vp8Packetizer {
  readonly #payloadType: number;
  readonly #ssrc: number;
  #sequenceNumber = 0;
  #pictureId = 0;

  constructor({ payloadType, ssrc }: { payloadType: number; ssrc: number }) {
    this.#payloadType = payloadType;
    this.#ssrc = ssrc;
  }

  /** @param timestamp in ticks of 90,000 a second */
  packets(frame: Buffer, timestamp: number): Buffer[] {
    const count = packetsOf(frame);
    this.#pictureId = (this.#pictureId + 1) & 0x7fff;
    return Array.from({ length: count }, (_, index) => {
      const from = Math.floor((frame.length * index) / count);
      const to = Math.floor((frame.length * (index + 1)) / count);
      const packet = Buffer.allocUnsafe(RTP_HEADER + DESCRIPTOR + to - from);
      const marker = index === count - 1 ? 0x80 : 0;
      packet.writeUInt8(0x80, 0);
      packet.writeUInt8(marker | this.#payloadType, 1);
      packet.writeUInt16BE(this.#sequenceNumber, 2);
      packet.writeUInt32BE(timestamp, 4);
      packet.writeUInt32BE(this.#ssrc, 8);
      packet.writeUInt8(index === 0 ? 0x90 : 0x80, RTP_HEADER);
      packet.writeUInt8(0x80, RTP_HEADER + 1);
      packet.writeUInt16BE(0x8000 | this.#pictureId, RTP_HEADER + 2);
      frame.copy(packet, RTP_HEADER + DESCRIPTOR, from, to);
      this.#sequenceNumber = (this.#sequenceNumber + 1) & 0xffff;
      return packet;
    });
  }
}
