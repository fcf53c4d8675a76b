import type { Track } from '../cascade/track.ts';
import type { Ingest } from './ingest.ts';
import { Sessions } from './sessions.ts';

/**
 * The ingests of a relay. Of each source one is current, which viewers watch; others may be about to take its place.
 */
export class Ingests extends Sessions<Ingest> {
  readonly #current = new Map<string, Ingest>();

  /** What there is to watch. */
  get tracks(): Track[] {
    return [...this.#current.values()].flatMap(({ sourceId, producers }) =>
      producers.map((producer) => ({ id: producer.id, sourceId, producer })),
    );
  }

  override remove(ingest: Ingest): void {
    super.remove(ingest);
    if (this.isCurrent(ingest)) this.#current.delete(ingest.sourceId);
  }

  /** Makes an ingest the current one of its source. */
  setCurrent(ingest: Ingest): void {
    this.#current.set(ingest.sourceId, ingest);
  }

  isCurrent(ingest: Ingest): boolean {
    return this.#current.get(ingest.sourceId) === ingest;
  }

  currentOf(sourceId: string): Ingest | undefined {
    return this.#current.get(sourceId);
  }

  /** The one that a producer came by. */
  ofProducer(producerId: string): Ingest | undefined {
    return this.all.find(({ producers }) => producers.some(({ id }) => id === producerId));
  }
}
