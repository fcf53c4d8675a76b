/** Ports from the first to the last, both included. */
export interface PortRange {
  min: number;
  max: number;
}

/** mediasoup's own range for everything that is given no port. */
const ALL: PortRange = { min: 10_000, max: 59_999 };

/**
 * The loopback ports of the pipes between routers: of mediasoup's own range what is on one side of the media ports,
 * the larger side. A pipe on a media port would keep a worker that is replaced from opening it again.
 *
 * @param firstMediaPort 0 when each worker chooses its own
 * @param mediaPorts how many there are
 */
export function pipePorts(firstMediaPort: number, mediaPorts: number): PortRange {
  if (firstMediaPort === 0) return ALL;
  const below = { min: ALL.min, max: Math.min(firstMediaPort - 1, ALL.max) };
  const above = { min: Math.max(firstMediaPort + mediaPorts, ALL.min), max: ALL.max };
  return below.max - below.min >= above.max - above.min ? below : above;
}
