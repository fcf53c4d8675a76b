import type { RoomMode } from '@meshlift/protocol';
import type { Effort } from './auto-rule.ts';

/** What the smallest of three layers takes to encode, of what the whole picture does: a sixteenth, and the fixed cost. */
const SMALLEST_LAYER = 0.1;

/** So much of all cores may go into encoding: the rest of a page, and of a machine, needs time too. */
const SHARE_OF_CORES = 0.45;

/**
 * Whether a page has not the time to encode for both paths while a switch has both running. To the relay the
 * second one is its smallest layer; to the mesh it is a copy for each of the others.
 *
 * @param cores of the machine
 */
export function mustEncodeOnce(effort: Effort, to: RoomMode, cores: number): boolean {
  const { limitedBy, encodeShare, receivers } = effort;
  if (encodeShare === 0) return false;
  const more = to === 'sfu' ? SMALLEST_LAYER : receivers;
  return limitedBy === 'cpu' || encodeShare * (1 + more) > cores * SHARE_OF_CORES;
}
