/** So much may be said at once, and so much a second in the long run. */
const BURST = 20;
const PER_SECOND = 2;

/** Keeps somebody who floods the chat from drowning everybody else: what goes beyond is dropped. */
export class ChatBudget {
  #left = BURST;
  #at = 0;

  /** @param now milliseconds of any clock that only goes forward. @returns whether one more message may be heard */
  take(now: number): boolean {
    this.#left = Math.min(BURST, this.#left + ((now - this.#at) * PER_SECOND) / 1_000);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
