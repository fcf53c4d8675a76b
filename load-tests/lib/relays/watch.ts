import { EventEmitter, once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { type Meshlift, sumOf } from './meshlift.ts';

/** Not more often: an answer about metrics leaves garbage behind, of which the server would have none otherwise. */
const EVERY_MS = 2_000;

/** What a server holds, at one moment. */
export interface State {
  /** In seconds since it is watched. */
  at: number;
  /** In bytes, of all processes. */
  memory: number;
  descriptors: number;
  sessions: number;
  viewers: number;
  edges: number;
  relays: number;
}

/** Looks at a server every two seconds, from beginning to end. */
export class Watch {
  readonly course: State[] = [];
  readonly #server: Meshlift;
  readonly #startedAt = performance.now();
  readonly #looks = new EventEmitter<{ look: [State]; error: [unknown] }>();
  readonly #over = new AbortController();
  readonly #done: Promise<void>;

  constructor(server: Meshlift) {
    this.#server = server;
    // Whoever waits for the next look hears of a server that is not there any more.
    this.#looks.on('error', (error) => this.#over.abort(error));
    this.#done = this.#run();
  }

  /**
   * How things stand from now on.
   *
   * @throws Error when the server does not answer any more
   */
  async next(signal: AbortSignal): Promise<State> {
    this.#over.signal.throwIfAborted();
    // The first look may have begun before this call.
    await once(this.#looks, 'look', { signal });
    await once(this.#looks, 'look', { signal });
    const state = this.course.at(-1);
    if (!state) throw new Error('nothing was seen');
    return state;
  }

  /** To be called before the server stops. */
  async close(): Promise<void> {
    this.#over.abort();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { signal } = this.#over;
    while (!signal.aborted) {
      try {
        const state = await this.#look();
        this.course.push(state);
        this.#looks.emit('look', state);
      } catch (error) {
        this.#looks.emit('error', error);
      }
      await wait(EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #look(): Promise<State> {
    const metrics = await this.#server.metrics();
    const { memory, descriptors } = this.#server.group.usage;
    return {
      at: (performance.now() - this.#startedAt) / 1_000,
      memory,
      descriptors,
      sessions: sumOf(metrics, 'meshlift_sessions'),
      viewers: sumOf(metrics, 'meshlift_viewers'),
      edges: sumOf(metrics, 'meshlift_edges'),
      relays: sumOf(metrics, 'meshlift_relays'),
    };
  }
}
