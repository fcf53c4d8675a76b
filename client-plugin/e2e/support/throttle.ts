/** A packet that waits, as it came in. */
interface Waiting {
  bytes: number;
  send(): void;
}

/** A router keeps so much of what does not fit, in seconds, and drops what comes on top. */
const QUEUE_SECONDS = 0.25;

/** A line of so many bits a second, with the queue of a home router before it. */
export class Throttle {
  #bps: number;
  #queue: Waiting[] = [];
  #queued = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param bps `Infinity` lets everything pass */
  constructor(bps = Number.POSITIVE_INFINITY) {
    this.#bps = bps;
  }

  setRate(bps: number): void {
    this.#bps = bps;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#next();
  }

  pass(bytes: number, send: () => void): void {
    if (this.#bps === Number.POSITIVE_INFINITY) {
      send();
      return;
    }
    if (this.#queued + bytes > (this.#bps / 8) * QUEUE_SECONDS) return;
    this.#queue.push({ bytes, send });
    this.#queued += bytes;
    this.#next();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#queue = [];
  }

  #next(): void {
    if (this.#timer !== undefined) return;
    const packet = this.#queue[0];
    if (!packet) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined;
        this.#queue.shift();
        this.#queued -= packet.bytes;
        packet.send();
        this.#next();
      },
      this.#bps === Number.POSITIVE_INFINITY ? 0 : (8_000 * packet.bytes) / this.#bps,
    );
  }
}
