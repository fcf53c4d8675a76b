/** A network abstraction layer unit of ITU-T H.264, section 7.3.1, or the beginning of one. */
export interface NalUnit {
  /** `nal_unit_type`: 1 a slice, 5 a slice of an IDR picture, 7 a sequence parameter set. */
  type: number;
  /** What follows the first byte, emulation prevention bytes included. */
  body: Uint8Array;
}

const STAP_A = 24;
const FU_A = 28;

/**
 * The NAL units of one RTP payload (RFC 6184, section 5.2): a single one, those of a STAP-A, or the beginning
 * of the one that a first FU-A carries. Later fragments hold no beginning, and interleaved mode is not used in
 * WebRTC (RFC 7742, section 6.2): both give nothing. A STAP-A that is cut off gives the units before the cut.
 */
export function nalUnitsOf(payload: Uint8Array): NalUnit[] {
  const first = payload[0];
  if (first === undefined) return [];
  const type = first & 0x1f;
  if (type >= 1 && type < STAP_A) return [{ type, body: payload.subarray(1) }];
  if (type === STAP_A) return aggregated(payload);
  if (type === FU_A) return firstFragment(payload);
  return [];
}

/** RFC 6184, section 5.7.1: each unit follows its size in two bytes. */
function aggregated(payload: Uint8Array): NalUnit[] {
  const units: NalUnit[] = [];
  let offset = 1;
  while (offset + 2 < payload.length) {
    const size = ((payload[offset] ?? 0) << 8) | (payload[offset + 1] ?? 0);
    const start = offset + 2;
    const header = payload[start];
    if (size === 0 || header === undefined || start + size > payload.length) break;
    units.push({ type: header & 0x1f, body: payload.subarray(start + 1, start + size) });
    offset = start + size;
  }
  return units;
}

/** RFC 6184, section 5.8: the type is in the second byte, whose highest bit marks the first fragment. */
function firstFragment(payload: Uint8Array): NalUnit[] {
  const header = payload[1];
  if (header === undefined || (header & 0x80) === 0) return [];
  return [{ type: header & 0x1f, body: payload.subarray(2) }];
}

/**
 * Takes out the bytes that keep start codes from arising (ITU-T H.264, section 7.4.1): a 3 behind two zeros.
 *
 * @param most how many bytes of the result are needed
 */
export function withoutEmulationPrevention(body: Uint8Array, most = body.length): Uint8Array {
  const plain = new Uint8Array(Math.min(most, body.length));
  let length = 0;
  let zeros = 0;
  for (const byte of body) {
    if (length >= plain.length) break;
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    plain[length] = byte;
    length += 1;
  }
  return plain.subarray(0, length);
}
