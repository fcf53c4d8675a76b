import type { types } from 'mediasoup';
import { Sessions } from './sessions.ts';
import type { Viewer } from './viewer.ts';

/** The viewers of a relay, on all its routers. */
export class Viewers extends Sessions<Viewer> {
  /** Those of a producer's consumers that flow, of the viewers that have been there longest. */
  consumersOf(producerId: string, most: number): types.Consumer[] {
    const consumers: types.Consumer[] = [];
    for (const viewer of this) {
      const consumer = viewer.consumerOf(producerId);
      if (consumer && !consumer.paused) consumers.push(consumer);
      if (consumers.length === most) break;
    }
    return consumers;
  }

  /** The highest spatial layer of a source's producer that any of them may be sent: -1 for none. */
  highestLayer(sourceId: string, producerId: string): number {
    let highest = -1;
    for (const viewer of this) {
      if (viewer.watches(sourceId)) highest = Math.max(highest, viewer.highestLayer(producerId));
    }
    return highest;
  }
}
