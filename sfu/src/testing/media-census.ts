import type { EventEmitter } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { queryObjects } from 'node:v8';
import { observer, type types } from 'mediasoup';

/** Any object of mediasoup's. Most name the channel of their worker, on which they listen to what concerns them. */
type MediaObject = EventEmitter & { observer: EventEmitter; channelForTesting?: EventEmitter };

/** What is opened on an object, which its observer reports as `newrouter` and the like. */
const kinds = ['webrtcserver', 'router', 'transport', 'producer', 'consumer'];

/**
 * Counts what there is of media in this process and its workers: mediasoup's objects that are open, those who listen to
 * them, what the workers know, and mediasoup's objects in the heap, which everything of ours that is about media holds.
 * Whatever comes and goes must leave all of that as it was: what hangs on an object that lives longer stays in memory
 * until that one goes.
 */
export class MediaCensus {
  readonly #workers = new Set<types.Worker>();
  readonly #open = new Map<MediaObject, string>();
  readonly #channels = new Set<EventEmitter>();

  /** To be made before the workers are. */
  constructor() {
    observer.on('newworker', (worker) => {
      this.#workers.add(worker);
      worker.observer.once('close', () => this.#workers.delete(worker));
      this.#follow('worker', worker as unknown as MediaObject);
    });
  }

  /** Counts when it has stopped changing: what was closed is on its way through the workers for a while. */
  async take(): Promise<Record<string, unknown>> {
    let counted = await this.#count();
    for (let alike = 0; alike < 3; ) {
      await setTimeout(20);
      const again = await this.#count();
      alike = isDeepStrictEqual(again, counted) ? alike + 1 : 0;
      counted = again;
    }
    return { ...counted, inHeap: this.#inHeap };
  }

  /** Asks the workers so many times, which they answer in turn with what else they are asked. */
  async answers(count: number): Promise<void> {
    for (let answered = 0; answered < count; answered += 1) {
      await Promise.all([...this.#workers].map((worker) => worker.getResourceUsage()));
    }
  }

  /** All that is derived from the one class that mediasoup's own are derived from, after a collection of garbage. */
  get #inHeap(): number {
    const [worker] = this.#workers;
    return worker ? queryObjects(Object.getPrototypeOf(worker.constructor), { format: 'count' }) : 0;
  }

  async #count(): Promise<Record<string, unknown>> {
    const known = await Promise.all([...this.#workers].map((worker) => worker.dump()));
    const open: Record<string, { objects: number; listeners: number }> = {};
    for (const [object, kind] of this.#open) {
      const { objects, listeners } = open[kind] ?? { objects: 0, listeners: 0 };
      open[kind] = {
        objects: objects + 1,
        listeners: listeners + listenersOf(object) + listenersOf(object.observer),
      };
    }
    return {
      open,
      channels: [...this.#channels].map(listenersOf),
      inWorkers: known.map(
        ({ channelMessageHandlers }) => channelMessageHandlers.channelRequestHandlers.length,
      ),
    };
  }

  #follow(kind: string, object: MediaObject): void {
    this.#open.set(object, kind);
    object.observer.once('close', () => this.#open.delete(object));
    if (object.channelForTesting) this.#channels.add(object.channelForTesting);
    for (const child of kinds)
      object.observer.on(`new${child}`, (opened: MediaObject) => this.#follow(child, opened));
  }
}

function listenersOf(emitter: EventEmitter): number {
  return emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0);
}
