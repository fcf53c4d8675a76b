/** What tells the order of a packet's picture. */
export interface OrderedPacket {
  ssrc: number;
  /** 0 to 65535, counting on with each packet sent. */
  sequenceNumber: number;
  /** When the picture is shown, on the clock of its stream. */
  timestamp: number;
}

/** How many pictures were seen, and how many of them are shown before one that was sent before them. */
export interface FrameOrder {
  frames: number;
  backward: number;
}

/**
 * A step back by more than this, in ticks of the 90 kHz clock of all video (two seconds), is an encoder that
 * began anew: no encoder holds pictures back that long.
 */
const LONGEST_STEP = 180_000;

/**
 * Looks for pictures that are not sent in the order they are shown in, as with B-frames of any codec: their
 * timestamps go back where sequence numbers go on. Packets are put into the order they were sent in first, so
 * that a network which swaps, repeats or loses some changes nothing.
 *
 * @param packets of some seconds, less than 32768 of each stream
 */
export function measureFrameOrder(packets: readonly OrderedPacket[]): FrameOrder {
  const order = { frames: 0, backward: 0 };
  for (const stream of Map.groupBy(packets, ({ ssrc }) => ssrc).values()) {
    const { frames, backward } = orderOfStream(stream);
    order.frames += frames;
    order.backward += backward;
  }
  return order;
}

function orderOfStream(packets: readonly OrderedPacket[]): FrameOrder {
  const timestamps = inSendingOrder(packets);
  const seen = new Set(timestamps);
  let backward = 0;
  let shownLast = timestamps[0] ?? 0;
  let before = timestamps[0];
  for (const timestamp of timestamps) {
    if (timestamp === before) continue;
    before = timestamp;
    const step = wrapped(timestamp - shownLast, 32);
    if (step < 0 && step >= -LONGEST_STEP) backward += 1;
    else shownLast = timestamp;
  }
  return { frames: seen.size, backward: Math.min(backward, seen.size) };
}

function inSendingOrder(packets: readonly OrderedPacket[]): number[] {
  const bySequence = new Map<number, number>();
  let extended = packets[0]?.sequenceNumber ?? 0;
  for (const { sequenceNumber, timestamp } of packets) {
    extended += wrapped(sequenceNumber - extended, 16);
    bySequence.set(extended, timestamp);
  }
  return [...bySequence].sort(([a], [b]) => a - b).map(([, timestamp]) => timestamp);
}

/** The shortest way on a circle of 2^bits, negative when it leads back. */
function wrapped(difference: number, bits: number): number {
  const circle = 2 ** bits;
  const ahead = ((difference % circle) + circle) % circle;
  return ahead < circle / 2 ? ahead : ahead - circle;
}
