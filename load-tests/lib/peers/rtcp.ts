/** Payload-specific feedback (RFC 4585, section 6.3), of which these ask for a key frame. */
const PSFB = 206;
const PLI = 1;
/** RFC 5104, section 4.3.1. */
const FIR = 4;
const SENDER_REPORT = 200;

/** Whether one of the packets in a compound one (RFC 3550, section 6.1) asks for a key frame. */
export function asksForKeyFrame(compound: Buffer): boolean {
  for (let at = 0; at + 4 <= compound.length; ) {
    const format = compound.readUInt8(at) & 0x1f;
    if (compound.readUInt8(at + 1) === PSFB && (format === PLI || format === FIR)) return true;
    at += (compound.readUInt16BE(at + 2) + 1) * 4;
  }
  return false;
}

/** A sender report without report blocks (RFC 3550, section 6.4.1). */
export function senderReport(sent: {
  ssrc: number;
  /** That of a picture sent just now. */
  timestamp: number;
  packets: number;
  bytes: number;
}): Buffer {
  const report = Buffer.alloc(28);
  const now = Date.now() / 1_000 + 2_208_988_800;
  report.writeUInt8(0x80, 0);
  report.writeUInt8(SENDER_REPORT, 1);
  report.writeUInt16BE(report.length / 4 - 1, 2);
  report.writeUInt32BE(sent.ssrc, 4);
  report.writeUInt32BE(Math.floor(now), 8);
  report.writeUInt32BE(Math.floor((now % 1) * 2 ** 32), 12);
  report.writeUInt32BE(sent.timestamp, 16);
  report.writeUInt32BE(sent.packets % 2 ** 32, 20);
  report.writeUInt32BE(sent.bytes % 2 ** 32, 24);
  return report;
}
