import type { types } from 'mediasoup';

/** A track of a relay as one node has it. */
export interface Track {
  /** The same at every node that carries the relay: the id of its producer at the origin. */
  id: string;
  sourceId: string;
  /** What this node's viewers and branches consume: the publisher's own at the origin, else a copy. */
  producer: types.Producer;
}
