import type { ViewerCounts } from '../inspect/decoding-watch.ts';
import { countOf } from './consumer-counts.ts';
import type { Ingests } from './ingests.ts';
import { PollingScheduler } from './polling-scheduler.ts';
import type { Viewers } from './viewers.ts';

/** Long enough for a viewer that cannot decode to ask many times. Each sample is some messages to the worker and back. */
const SAMPLE_EVERY_MS = 8_000;

/** Those who have been there longest: they stay for the next sample, and an encoder's fault shows with all of them. */
const VIEWERS_SAMPLED = 8;

const scheduler = new PollingScheduler(SAMPLE_EVERY_MS);

/** Samples now and then what some viewers of a relay ask for, for the inspectors of its ingests. */
export class AudienceWatch {
  readonly #viewers: Viewers;
  readonly #ingests: Ingests;
  #leave: (() => void) | undefined;

  constructor(viewers: Viewers, ingests: Ingests) {
    this.#viewers = viewers;
    this.#ingests = ingests;
  }

  /** Begins with the first ingest that is inspected. Repeating it changes nothing. */
  start(): void {
    this.#leave ??= scheduler.join(() => void this.#sample());
  }

  close(): void {
    this.#leave?.();
  }

  async #sample(): Promise<void> {
    const samples = this.#ingests.all.flatMap((ingest) =>
      ingest.inspectedVideos.map(async ({ id }) => ingest.viewersSeen(id, await this.#countsOf(id))),
    );
    await Promise.all(samples);
  }

  async #countsOf(producerId: string): Promise<ViewerCounts[]> {
    const consumers = this.#viewers.consumersOf(producerId, VIEWERS_SAMPLED);
    const counts = await Promise.all(
      consumers.map(async (consumer) => ({ id: consumer.id, counted: await countOf(consumer) })),
    );
    return counts.flatMap(({ id, counted }) => (counted ? [{ id, ...counted }] : []));
  }
}
