/** An encoder that reconnects needs one. Two that both reconnect when they lose the stream need one every few seconds. */
const MOST_IN_A_MINUTE = 6;
const MINUTE_MS = 60_000;

/**
 * Keeps two encoders with the same key from taking a live stream from each other for ever: encoders start again when
 * their session ends, and have no event that would keep them from it.
 */
export class Takeovers {
  #times: number[] = [];

  allowed(now: number = performance.now()): boolean {
    this.#times = this.#times.filter((at) => now - at < MINUTE_MS);
    return this.#times.length < MOST_IN_A_MINUTE;
  }

  count(now: number = performance.now()): void {
    this.#times.push(now);
  }
}
