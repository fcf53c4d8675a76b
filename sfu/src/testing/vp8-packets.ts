/** VP8 (RFC 7741; RFC 6386, section 9.1): a descriptor, and a frame that says how large it is, or needs others. */
export const KEY_FRAME = Buffer.from([0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01, 0, 0]);
export const INTER_FRAME = Buffer.from([0x10, 0x11, 0, 0, 0, 0]);

/** A packet with a whole frame (RFC 3550, section 5.1), of the payload type that `simulcastVideo` names. */
export function rtpPacket(fields: {
  ssrc: number;
  sequence: number;
  timestamp: number;
  payload: Buffer;
}): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16BE(0x80e0, 0);
  header.writeUInt16BE(fields.sequence, 2);
  header.writeUInt32BE(fields.timestamp, 4);
  header.writeUInt32BE(fields.ssrc, 8);
  return Buffer.concat([header, fields.payload]);
}
