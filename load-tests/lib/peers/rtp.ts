/** The fixed part of a header (RFC 3550, section 5.1), in bytes. */
export const RTP_HEADER = 12;

/** Video's clock (RFC 3551, section 5). */
export const CLOCK_RATE = 90_000;

const UINT32 = 2 ** 32;

/** RTCP shares the connection; its types take the place of payload types 64 to 95 (RFC 5761, section 4). */
export function isRtcp(packet: Buffer): boolean {
  const type = packet.readUInt8(1) & 0x7f;
  return type >= 64 && type <= 95;
}

/**
 * Now, as an RTP timestamp of the system's clock that only goes forward, which all processes of a machine share.
 * Pictures that carry it tell whoever receives them how old they are, whatever they came through.
 */
export function clockTicks(): number {
  return Number((((process.hrtime.bigint() / 100n) * 9n) / 1_000n) % BigInt(UINT32));
}

/** How long ago a timestamp of `clockTicks` was, in ms, up to half a day. */
export function msSince(timestamp: number): number {
  const ticks = (clockTicks() - timestamp + UINT32) % UINT32;
  return ((ticks > UINT32 / 2 ? ticks - UINT32 : ticks) * 1_000) / CLOCK_RATE;
}

/** Where a packet's payload begins: after its sources and its header extension (RFC 3550, section 5.3.1). */
export function payloadOffset(packet: Buffer): number {
  const first = packet.readUInt8(0);
  const end = RTP_HEADER + (first & 0x0f) * 4;
  const isExtended = (first & 0x10) !== 0 && packet.length >= end + 4;
  return isExtended ? end + 4 + packet.readUInt16BE(end + 2) * 4 : end;
}

/** Counts what came of one sequence of packets, and what did not (RFC 3550, appendix A.3). */
export class SequenceCounter {
  #first: number | undefined;
  #highest = 0;
  #received = 0;
  #expectedBefore = 0;
  #receivedBefore = 0;

  count(sequenceNumber: number): void {
    this.#received += 1;
    if (this.#first === undefined) {
      this.#first = sequenceNumber;
      this.#highest = sequenceNumber;
      return;
    }
    // A step back of less than half the range is a packet that comes late.
    const step = (sequenceNumber - this.#highest) & 0xffff;
    if (step > 0 && step < 0x8000) this.#highest += step;
  }

  /** Since this was asked the last time. */
  take(): { received: number; lost: number } {
    const expected = this.#first === undefined ? 0 : this.#highest - this.#first + 1;
    const received = this.#received - this.#receivedBefore;
    const lost = Math.max(0, expected - this.#expectedBefore - received);
    this.#expectedBefore = expected;
    this.#receivedBefore = this.#received;
    return { received, lost };
  }
}
