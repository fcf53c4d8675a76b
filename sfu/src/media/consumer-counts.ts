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

/** What has become of a track on its way to a viewer. */
export interface Delivery {
  /** Media of it arrives at the router. */
  arrives: boolean;
  /** Some of it has been sent on. */
  sent: boolean;
  /** The viewer has reported on what it received (RFC 3550, section 6.4). */
  reported: boolean;
}

/** Of a consumer that is closed or whose worker is gone nothing arrives. */
export async function deliveryOf(consumer: types.Consumer): Promise<Delivery> {
  const stats = consumer.closed ? [] : await consumer.getStats().catch(() => []);
  const outbound = stats.find(({ type }) => type === 'outbound-rtp');
  // The round trip is not known before the viewer has received a sender report as well.
  const { roundTripTime = 0, jitter = 0, packetsLost = 0, fractionLost = 0 } = outbound ?? {};
  return {
    arrives: stats.some(({ type, bitrate }) => type === 'inbound-rtp' && bitrate > 0),
    sent: (outbound?.packetCount ?? 0) > 0,
    reported: roundTripTime + jitter + packetsLost + fractionLost > 0,
  };
}
