/** One WebSocket frame, right or wrong (RFC 6455, section 5.2). */
export interface Frame {
  opcode: number;
  payload: Buffer;
  fin?: boolean;
  /** Clients must. */
  masked?: boolean;
  /** Reserved bits, which mean nothing without an extension. */
  reserved?: number;
  /** What the header says, where that is not true. */
  claimedLength?: number;
}

export const TEXT = 1;
export const CLOSE = 8;

export function encodeFrame({
  opcode,
  payload,
  fin = true,
  masked = true,
  reserved = 0,
  claimedLength = payload.length,
}: Frame): Buffer {
  const mask = Buffer.from([7, 11, 13, 17]);
  const first = (fin ? 0x80 : 0) | ((reserved & 7) << 4) | opcode;
  const bit = masked ? 0x80 : 0;
  const length =
    claimedLength < 126
      ? Buffer.from([bit | claimedLength])
      : Buffer.from([bit | 126, (claimedLength >> 8) & 0xff, claimedLength & 0xff]);
  const large = Buffer.alloc(9);
  large[0] = bit | 127;
  large.writeBigUInt64BE(BigInt(claimedLength), 1);
  const data = masked ? payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)) : payload;
  return Buffer.concat([
    Buffer.from([first]),
    claimedLength > 0xffff ? large : length,
    masked ? mask : Buffer.alloc(0),
    data,
  ]);
}

export const textFrame = (text: string) => encodeFrame({ opcode: TEXT, payload: Buffer.from(text) });

/** The text messages at the start of what a server sent, which is never masked and rarely in parts. */
export function parseFrames(bytes: Buffer): { texts: string[]; length: number; closes: boolean } {
  const texts: string[] = [];
  let closes = false;
  let at = 0;
  while (bytes.length >= at + 2) {
    const opcode = (bytes[at] ?? 0) & 0x0f;
    const short = (bytes[at + 1] ?? 0) & 0x7f;
    const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
    if (bytes.length < at + 2 + extra) break;
    const size =
      extra === 0 ? short : extra === 2 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2));
    const start = at + 2 + extra;
    if (bytes.length < start + size) break;
    closes ||= opcode === CLOSE;
    if (opcode === TEXT) texts.push(bytes.toString('utf8', start, start + size));
    at = start + size;
  }
  return { texts, length: at, closes };
}
