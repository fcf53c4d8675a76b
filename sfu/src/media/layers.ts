import { parseScalabilityMode, type types } from 'mediasoup';

/** How many spatial and temporal layers a viewer of a producer can choose from. */
export function layersOf(producer: types.Producer): { spatialLayers: number; temporalLayers: number } {
  const { encodings = [] } = producer.rtpParameters;
  const { spatialLayers, temporalLayers } = parseScalabilityMode(encodings[0]?.scalabilityMode);
  return { spatialLayers: encodings.length > 1 ? encodings.length : spatialLayers, temporalLayers };
}
