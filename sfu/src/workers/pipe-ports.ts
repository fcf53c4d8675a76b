/** Ports from the first to the last, both included. */
export interface PortRange {
  min: number;
  max: number;
}

/** mediasoup's own range for everything that is given no port. */
const ALL: PortRange = { min: 10_000, max: 59_999 };

/**
 * The ports of the pipes between routers, where none are configured: of mediasoup's own range what is on one side of
 * the media ports, the larger side. A pipe on a media port would keep a worker that is replaced from opening it again.
 *
 * @param media none when each worker chooses its own
 */
export function pipePorts(media: PortRange | undefined): PortRange {
  if (!media) return ALL;
  const below = { min: ALL.min, max: Math.min(media.min - 1, ALL.max) };
  const above = { min: Math.max(media.max + 1, ALL.min), max: ALL.max };
  return below.max - below.min >= above.max - above.min ? below : above;
}
