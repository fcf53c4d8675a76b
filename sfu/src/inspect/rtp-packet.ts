/** What is needed of an RTP packet: RFC 3550, section 5.1. */
export interface RtpPacket {
  ssrc: number;
  /** 0 to 65535. */
  sequenceNumber: number;
  timestamp: number;
  payload: Uint8Array;
}

const FIXED_HEADER = 12;

/** Reads a packet; `undefined` for bytes that are none. */
export function readRtpPacket(bytes: Uint8Array): RtpPacket | undefined {
  if (bytes.length < FIXED_HEADER) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flags = view.getUint8(0);
  if (flags >> 6 !== 2) return undefined;
  let start = FIXED_HEADER + (flags & 0x0f) * 4;
  if (flags & 0x10) {
    if (start + 4 > bytes.length) return undefined;
    start += 4 + view.getUint16(start + 2) * 4;
  }
  const padding = flags & 0x20 ? view.getUint8(bytes.length - 1) : 0;
  const end = bytes.length - padding;
  if (start > end) return undefined;
  return {
    ssrc: view.getUint32(8),
    sequenceNumber: view.getUint16(2),
    timestamp: view.getUint32(4),
    payload: bytes.subarray(start, end),
  };
}
