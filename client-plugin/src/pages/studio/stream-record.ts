/** What there is to say of a stream that is over. */
export interface StreamSummary {
  /** From when it was live first to when it was last, in milliseconds; breaks are counted in. */
  liveMs: number;
  /** The most who watched at one time, as far as this tab has seen. */
  mostViewers: number;
}

/** What a tab keeps with its stream, so that a reload loses nothing of it. Times are milliseconds since the epoch. */
export interface KeptStreamRecord {
  /** When it was live first; undefined until it was. */
  startedAt?: number;
  /** When it was live last. */
  liveAt?: number;
  mostViewers?: number;
}

/** Notes how long a stream is live, and how many watch it. */
export class StreamRecord {
  readonly #now: () => number;
  #kept: KeptStreamRecord;

  /** @param kept from before a reload */
  constructor({ startedAt, liveAt, mostViewers }: KeptStreamRecord = {}, now = Date.now) {
    this.#kept = {
      ...(startedAt !== undefined && { startedAt }),
      ...(liveAt !== undefined && { liveAt }),
      ...(mostViewers !== undefined && { mostViewers }),
    };
    this.#now = now;
  }

  get kept(): KeptStreamRecord {
    return this.#kept;
  }

  /** Undefined for a stream that was never live. */
  get summary(): StreamSummary | undefined {
    const { startedAt, liveAt = startedAt, mostViewers = 0 } = this.#kept;
    if (startedAt === undefined || liveAt === undefined) return undefined;
    return { liveMs: Math.max(0, liveAt - startedAt), mostViewers };
  }

  /** It is live now, and so many watch. */
  see(viewers: number): void {
    const liveAt = this.#now();
    const { startedAt = liveAt, mostViewers = 0 } = this.#kept;
    this.#kept = { startedAt, liveAt, mostViewers: Math.max(mostViewers, viewers) };
  }
}
