import { MeshliftError } from '@meshlift/protocol';
import type { Ingest } from './ingest.ts';
import type { SourceProducer } from './viewer.ts';

/**
 * The ways into a relay. Of each source one is its current ingest, which viewers watch; others may be about to take
 * its place.
 */
export class Ingests {
  readonly #bySession = new Map<string, Ingest>();
  readonly #current = new Map<string, Ingest>();

  get count(): number {
    return this.#bySession.size;
  }

  get all(): Ingest[] {
    return [...this.#bySession.values()];
  }

  /** What there is to watch. */
  get producers(): SourceProducer[] {
    return [...this.#current.values()].flatMap(({ sourceId, producers }) =>
      producers.map((producer) => ({ sourceId, producer })),
    );
  }

  add(ingest: Ingest): void {
    this.#bySession.set(ingest.sessionId, ingest);
  }

  remove(ingest: Ingest): void {
    this.#bySession.delete(ingest.sessionId);
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

  find(sessionId: string): Ingest | undefined {
    return this.#bySession.get(sessionId);
  }

  /** @throws MeshliftError `SESSION_NOT_FOUND` */
  get(sessionId: string): Ingest {
    const ingest = this.find(sessionId);
    if (!ingest) throw new MeshliftError('SESSION_NOT_FOUND');
    return ingest;
  }
}
