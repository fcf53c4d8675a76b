import { isIPv6 } from 'node:net';
import type { TransportOptions } from '@meshlift/protocol';

type Candidates = TransportOptions['iceCandidates'];

/**
 * The candidates of a transport at the addresses that it is announced by: each one of mediasoup's once for every
 * address of its kind. They are addresses, never names, of which browsers may ignore the candidates (RFC 8839,
 * section 5.1).
 *
 * @param announced most preferred first; none leaves the candidates as they are
 */
export function announcedCandidates(candidates: Candidates, announced: readonly string[]): Candidates {
  if (announced.length === 0) return candidates;
  return candidates.flatMap((candidate) =>
    announced
      .filter((address) => isIPv6(address) === isIPv6(candidate.address))
      .map((address, index) => ({
        ...candidate,
        address,
        // RFC 8445, sections 5.1.1.3 and 5.1.2.1: one for each address, and none twice.
        foundation: index === 0 ? candidate.foundation : `${candidate.foundation}${index}`,
        priority: candidate.priority - index * 256,
      })),
  );
}
