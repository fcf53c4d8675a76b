import { MeshliftError } from '@meshlift/protocol';
import type { types } from 'mediasoup';
import type { Viewer } from './viewer.ts';

/** The viewers of a relay, on all its routers. */
export class Viewers {
  readonly #bySession = new Map<string, Viewer>();

  get count(): number {
    return this.#bySession.size;
  }

  get all(): Viewer[] {
    return [...this.#bySession.values()];
  }

  add(viewer: Viewer): void {
    this.#bySession.set(viewer.sessionId, viewer);
  }

  remove({ sessionId }: Viewer): void {
    this.#bySession.delete(sessionId);
  }

  find(sessionId: string): Viewer | undefined {
    return this.#bySession.get(sessionId);
  }

  /** @throws MeshliftError `SESSION_NOT_FOUND` */
  get(sessionId: string): Viewer {
    const viewer = this.find(sessionId);
    if (!viewer) throw new MeshliftError('SESSION_NOT_FOUND');
    return viewer;
  }

  /** Those of a producer's consumers that flow, of the viewers that have been there longest. */
  consumersOf(producerId: string, most: number): types.Consumer[] {
    const consumers: types.Consumer[] = [];
    for (const viewer of this.#bySession.values()) {
      const consumer = viewer.consumerOf(producerId);
      if (consumer && !consumer.paused) consumers.push(consumer);
      if (consumers.length === most) break;
    }
    return consumers;
  }

  /** The highest spatial layer of a source's producer that any of them may be sent: -1 for none. */
  highestLayer(sourceId: string, producerId: string): number {
    let highest = -1;
    for (const viewer of this.#bySession.values()) {
      if (viewer.watches(sourceId)) highest = Math.max(highest, viewer.highestLayer(producerId));
    }
    return highest;
  }
}
