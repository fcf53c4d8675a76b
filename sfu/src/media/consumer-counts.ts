import type { types } from 'mediasoup';

/** What a consumer's viewer has been sent and has reported since it came (RFC 3550, RFC 4585, RFC 5104). */
export interface ConsumerCounts {
  packets: number;
  /** Packets that were reported lost or asked for again. */
  lost: number;
  /** Requests for a key frame. */
  keyFrameRequests: number;
}

/** `undefined` for a consumer that is closed or whose worker is gone. */
export async function countOf(consumer: types.Consumer): Promise<ConsumerCounts | undefined> {
  const stats = consumer.closed ? [] : await consumer.getStats().catch(() => []);
  const outbound = stats.find(({ type }) => type === 'outbound-rtp');
  if (!outbound) return undefined;
  const { packetCount, packetsLost, nackPacketCount, pliCount, firCount } = outbound;
  return {
    packets: packetCount,
    lost: Math.max(packetsLost, nackPacketCount),
    keyFrameRequests: pliCount + firCount,
  };
}
