import { Child } from '../machine/child.ts';
import type { Ingest } from '../relays/relay.ts';
import type { Clip } from './clip.ts';
import type { PublisherTasks, Sent } from './publisher-process.ts';

/** Sends a clip to a relay, over and over, from a process of its own. */
export class Publisher {
  readonly #child: Child<PublisherTasks>;

  /** Resolves when the first pictures are on their way. */
  static async start(
    ingest: Ingest,
    { clip, core }: { clip: Clip; core?: number | undefined },
  ): Promise<Publisher> {
    const child = await Child.start<PublisherTasks>(new URL('publisher-process.ts', import.meta.url), {
      core,
    });
    try {
      await child.tasks.publish(ingest, clip.file);
      return new Publisher(child);
    } catch (error) {
      await child.stop();
      throw error;
    }
  }

  private constructor(child: Child<PublisherTasks>) {
    this.#child = child;
  }

  /** What it has sent since it started, and what it was asked for. */
  counts(): Promise<Sent> {
    return this.#child.tasks.counts();
  }

  /** Rejects when its process ends before it is stopped. */
  get lost(): Promise<never> {
    return this.#child.lost;
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}
