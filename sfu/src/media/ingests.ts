import { MeshliftError } from '@meshlift/protocol';
import type { Ingest } from './ingest.ts';
import type { SourceProducer } from './viewer.ts';

/** The ways into a relay, one for each source. */
export class Ingests {
  readonly #bySource = new Map<string, Ingest>();

  get count(): number {
    return this.#bySource.size;
  }

  get all(): Ingest[] {
    return [...this.#bySource.values()];
  }

  get producers(): SourceProducer[] {
    return this.all.flatMap(({ sourceId, producers }) =>
      producers.map((producer) => ({ sourceId, producer })),
    );
  }

  add(ingest: Ingest): void {
    this.#bySource.set(ingest.sourceId, ingest);
  }

  remove({ sourceId }: Ingest): void {
    this.#bySource.delete(sourceId);
  }

  ofSource(sourceId: string): Ingest | undefined {
    return this.#bySource.get(sourceId);
  }

  /** The one that a producer came by. */
  ofProducer(producerId: string): Ingest | undefined {
    return this.all.find(({ producers }) => producers.some(({ id }) => id === producerId));
  }

  find(sessionId: string): Ingest | undefined {
    return this.all.find((ingest) => ingest.sessionId === sessionId);
  }

  /** @throws MeshliftError `SESSION_NOT_FOUND` */
  get(sessionId: string): Ingest {
    const ingest = this.find(sessionId);
    if (!ingest) throw new MeshliftError('SESSION_NOT_FOUND');
    return ingest;
  }
}
