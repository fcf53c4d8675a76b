import type { Origin } from './seal.ts';

/** How far a message may be overtaken by others of its sender. */
const WINDOW = 1_024;
const MAX_SENDERS = 2_000;

interface Seen {
  highest: number;
  numbers: Set<number>;
}

/** Lets each sealed message pass once, so that recorded ones cannot be sent again. It needs no clock. */
export class ReplayGuard {
  readonly #senders = new Map<string, Seen>();

  /** @returns false for one that has passed before, or is too old to tell */
  admit({ sender, counter }: Origin): boolean {
    const seen = this.#senders.get(sender) ?? this.#begin(sender);
    if (counter <= seen.highest - WINDOW || seen.numbers.has(counter)) return false;
    seen.numbers.add(counter);
    if (counter > seen.highest) {
      seen.highest = counter;
      if (seen.numbers.size > 2 * WINDOW) {
        for (const number of seen.numbers) if (number <= counter - WINDOW) seen.numbers.delete(number);
      }
    }
    return true;
  }

  #begin(sender: string): Seen {
    const seen: Seen = { highest: 0, numbers: new Set() };
    this.#senders.set(sender, seen);
    const [oldest] = this.#senders.keys();
    if (this.#senders.size > MAX_SENDERS && oldest !== undefined) this.#senders.delete(oldest);
    return seen;
  }
}
