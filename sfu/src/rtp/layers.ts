import { parseScalabilityMode, type types } from 'mediasoup';

/** How many spatial and temporal layers a viewer of a producer can choose from. */
export function layersOf(producer: types.Producer): { spatialLayers: number; temporalLayers: number } {
  const { encodings = [] } = producer.rtpParameters;
  const { spatialLayers, temporalLayers } = parseScalabilityMode(encodings[0]?.scalabilityMode);
  return { spatialLayers: encodings.length > 1 ? encodings.length : spatialLayers, temporalLayers };
}

/**
 * What a producer has to be made with anew for its layers to be in another order.
 *
 * @param order the places that its encodings have now, in the order they belong in
 */
export async function withLayersInOrder(
  producer: types.Producer,
  order: readonly number[],
): Promise<types.RtpParameters> {
  const { encodings = [], ...rest } = producer.rtpParameters;
  // A sender names the rid of a stream in its first packets alone (RFC 8852, section 3.1); from then on it is told by
  // its SSRC, which the next producer has to know.
  const stats = await producer.getStats();
  const known = encodings.map((encoding) => {
    const stat = stats.find(({ rid, ssrc }) =>
      encoding.rid ? rid === encoding.rid : ssrc === encoding.ssrc,
    );
    if (!stat) return encoding;
    const { ssrc, rtxSsrc } = stat;
    return { ...encoding, ssrc, ...(rtxSsrc === undefined ? {} : { rtx: { ssrc: rtxSsrc } }) };
  });
  return { ...rest, encodings: order.flatMap((place) => known[place] ?? []) };
}
