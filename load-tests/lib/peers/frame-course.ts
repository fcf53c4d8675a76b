import { payloadOffset } from './rtp.ts';

/** What Meshlift's own publisher puts before each picture's data (`Vp8Packetizer`). */
const DESCRIPTOR = 4;

/** A frame whose packets have not all come after so many others is not waited for. */
const MAX_INCOMPLETE = 30;

/** One frame that could be decoded. */
export interface SeenFrame {
  /** When its last packet came, in ms of a clock that all processes share. */
  at: number;
  /** The timestamp that its publisher gave it, by which it is the same frame for all viewers. */
  timestamp: number;
}

interface Incomplete {
  first: number | undefined;
  last: number | undefined;
  count: number;
  key: boolean;
}

/**
 * Follows which frames a decoder would have shown: complete ones, from the first key frame on. Packets may come in any
 * order.
 */
export class FrameCourse {
  readonly #frames: SeenFrame[] = [];
  readonly #incomplete = new Map<number, Incomplete>();
  #ssrc: number | undefined;
  #hasKeyFrame = false;

  /** Since this was cleared the last time. */
  get frames(): readonly SeenFrame[] {
    return this.#frames;
  }

  /** Forgets what was seen before a time. */
  clear(before: number): void {
    const kept = this.#frames.filter(({ at }) => at >= before);
    this.#frames.length = 0;
    this.#frames.push(...kept);
  }

  /** Another session begins: nothing can be decoded until it brings a key frame. */
  restart(): void {
    this.#incomplete.clear();
    this.#hasKeyFrame = false;
  }

  packet(packet: Buffer): void {
    const ssrc = packet.readUInt32BE(8);
    if (ssrc !== this.#ssrc) {
      this.#ssrc = ssrc;
      this.restart();
    }
    const payload = payloadOffset(packet);
    if (packet.length <= payload + DESCRIPTOR) return;
    const sequenceNumber = packet.readUInt16BE(2);
    const timestamp = packet.readUInt32BE(4);
    const frame = this.#incomplete.get(timestamp) ?? this.#begin(timestamp);
    frame.count += 1;
    // The S bit (RFC 7741, section 4.2) and the lowest bit of the frame (RFC 6386, section 9.1).
    if (packet.readUInt8(payload) & 0x10) {
      frame.first = sequenceNumber;
      frame.key = (packet.readUInt8(payload + DESCRIPTOR) & 1) === 0;
    }
    if (packet.readUInt8(1) & 0x80) frame.last = sequenceNumber;
    if (frame.first === undefined || frame.last === undefined) return;
    if (frame.count !== ((frame.last - frame.first) & 0xffff) + 1) return;
    this.#incomplete.delete(timestamp);
    this.#hasKeyFrame ||= frame.key;
    if (this.#hasKeyFrame) this.#frames.push({ at: performance.timeOrigin + performance.now(), timestamp });
  }

  #begin(timestamp: number): Incomplete {
    const frame: Incomplete = { first: undefined, last: undefined, count: 0, key: false };
    this.#incomplete.set(timestamp, frame);
    const [oldest] = this.#incomplete.keys();
    if (this.#incomplete.size > MAX_INCOMPLETE && oldest !== undefined) this.#incomplete.delete(oldest);
    return frame;
  }
}

/** The longest time between two frames, in ms, from one moment to another. */
export function longestGap(frames: readonly SeenFrame[], from: number, until: number): number {
  let last = from;
  let longest = 0;
  for (const { at } of frames) {
    if (at < from || at > until) continue;
    longest = Math.max(longest, at - last);
    last = at;
  }
  return Math.max(longest, until - last);
}
