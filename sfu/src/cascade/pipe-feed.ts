import type { types } from 'mediasoup';
import type { Feed } from './feed.ts';
import { Pipe, type PipeOptions } from './pipe.ts';

/** Feeds a router from another one on this machine, through one pipe that is opened for the first producer. */
export class PipeFeed implements Feed {
  readonly #options: PipeOptions;
  #pipe: Promise<Pipe> | undefined;
  /**
   * By the producer at the other router. Nothing of this feed may hang on that producer: edges come and go with single
   * viewers, and it outlives them all.
   */
  readonly #carried = new WeakMap<types.Producer, Promise<string>>();

  constructor(options: PipeOptions) {
    this.#options = options;
  }

  async carry(producer: types.Producer): Promise<string> {
    let carried = this.#carried.get(producer);
    if (!carried) {
      carried = this.#open().then((pipe) => pipe.carry(producer));
      this.#carried.set(producer, carried);
      carried.catch(() => this.#carried.delete(producer));
    }
    return carried;
  }

  #open(): Promise<Pipe> {
    if (this.#pipe) return this.#pipe;
    this.#pipe = Pipe.open(this.#options);
    // The next viewer may find a port that is free by then.
    this.#pipe.catch(() => {
      this.#pipe = undefined;
    });
    return this.#pipe;
  }
}
