import { type Clock, type Directory, type Subscription, systemClock } from '@meshlift/cluster';
import { MeshliftError } from '@meshlift/protocol';

/** How often a process that is missing is asked after, until it is known what became of it. */
const CHECK_EVERY_MS = 500;

/**
 * Reports processes that have ended: they have left the list, and two witnesses agree, see `Directory.isGone`. Each is
 * reported once. While the engine is away nobody is.
 */
export class Departures {
  readonly #directory: Directory;
  readonly #clock: Clock;
  readonly #listeners = new Set<(process: string) => void>();
  readonly #subscription: Subscription;
  readonly #present = new Set<string>();
  readonly #missing = new Set<string>();
  #cancelCheck: (() => void) | undefined;
  #closed = false;

  constructor(directory: Directory, clock: Clock = systemClock) {
    this.#directory = directory;
    this.#clock = clock;
    this.#subscription = directory.onNodes(() => this.#compare());
    this.#compare();
  }

  on(listener: (process: string) => void): void {
    this.#listeners.add(listener);
  }

  close(): void {
    this.#closed = true;
    this.#subscription.close();
    this.#cancelCheck?.();
  }

  #compare(): void {
    const ids = new Set(this.#directory.nodes.map(({ id }) => id));
    for (const id of this.#present) if (!ids.has(id)) this.#missing.add(id);
    for (const id of ids) {
      this.#present.add(id);
      this.#missing.delete(id);
    }
    if (this.#missing.size > 0 && !this.#cancelCheck) this.#cancelCheck = this.#clock.after(0, this.#check);
  }

  readonly #check = (): void => {
    void Promise.all([...this.#missing].map((process) => this.#ask(process))).then(() => {
      this.#cancelCheck = undefined;
      if (this.#closed || this.#missing.size === 0) return;
      this.#cancelCheck = this.#clock.after(CHECK_EVERY_MS, this.#check);
    });
  };

  async #ask(process: string): Promise<void> {
    const gone = await this.#directory.isGone(process).catch((error) => {
      // Without the engine nothing is known; it is asked again.
      if (MeshliftError.from(error).code === 'INTERNAL') throw error;
      return false;
    });
    if (!gone || !this.#missing.delete(process)) return;
    this.#present.delete(process);
    for (const listener of this.#listeners) listener(process);
  }
}
