import type { types } from 'mediasoup';
import type { OrderedPacket } from './frame-order.ts';

/** The packet that a producer's trace event of type `rtp` or `keyframe` tells of; `undefined` for other types. */
export function tracedPacket({ info }: types.ProducerTraceEventData): OrderedPacket | undefined {
  const packet = info?.rtpPacket;
  if (typeof packet !== 'object' || packet === null) return undefined;
  const { ssrc, sequenceNumber, timestamp } = packet as Record<string, unknown>;
  if (typeof ssrc !== 'number' || typeof sequenceNumber !== 'number' || typeof timestamp !== 'number') {
    return undefined;
  }
  return { ssrc, sequenceNumber, timestamp };
}
