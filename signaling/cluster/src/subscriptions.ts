import type { Subscription } from './bus.ts';

/** A subscription that runs its end once. */
export function subscription(end: () => void): Subscription {
  let open = true;
  return {
    close: () => {
      if (!open) return;
      open = false;
      end();
    },
  };
}

/** Listeners of one kind. One that throws keeps no other from hearing. */
export class Listeners<T> {
  readonly #listeners = new Set<{ hear: (value: T) => void }>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  get size(): number {
    return this.#listeners.size;
  }

  add(hear: (value: T) => void): Subscription {
    const entry = { hear };
    this.#listeners.add(entry);
    return subscription(() => this.#listeners.delete(entry));
  }

  notify(value: T): void {
    this.notifyEach(() => value);
  }

  /** @param make makes a value for each of them */
  notifyEach(make: () => T): void {
    for (const { hear } of [...this.#listeners]) {
      try {
        hear(make());
      } catch (error) {
        this.#onError(error);
      }
    }
  }
}
