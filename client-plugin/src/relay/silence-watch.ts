/** How often what has arrived is counted. */
const COUNT_EVERY_MS = 250;

/** The first question while nothing arrives; each further one comes after twice the time, up to `ASK_AT_MOST_EVERY_MS`. */
const ASK_AT_MOST_EVERY_MS = 30_000;

/** Reads what the browser measures of the path, at little cost: of one track rather than of all. */
type ReadStats = () => Promise<RTCStatsReport> | undefined;

/** Asks about a path on which nothing arrives, which the browser itself notices only after several seconds. */
export class SilenceWatch {
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #read: ReadStats;
  #bytes = 0;
  #silentSince = performance.now();
  #askAfterMs: number;

  /** @param afterMs how long nothing may arrive before it is asked */
  constructor(read: ReadStats, afterMs: number, ask: () => void) {
    this.#read = read;
    this.#askAfterMs = afterMs;
    this.#timer = setInterval(async () => {
      const bytes = await this.#count();
      const now = performance.now();
      if (bytes === undefined || bytes !== this.#bytes) {
        this.#bytes = bytes ?? 0;
        this.#silentSince = now;
        this.#askAfterMs = afterMs;
      } else if (now - this.#silentSince >= this.#askAfterMs) {
        this.#silentSince = now;
        this.#askAfterMs = Math.min(this.#askAfterMs * 2, ASK_AT_MOST_EVERY_MS);
        ask();
      }
    }, COUNT_EVERY_MS);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Payload of all candidate pairs; `undefined` where it is not known. */
  async #count(): Promise<number | undefined> {
    let bytes: number | undefined;
    const stats = await this.#read()?.catch(() => undefined);
    stats?.forEach((stat: { type: string; bytesReceived?: number }) => {
      if (stat.type === 'candidate-pair') bytes = (bytes ?? 0) + (stat.bytesReceived ?? 0);
    });
    return bytes;
  }
}
