/** What is known of a stream's key frames. Times in milliseconds. */
export interface KeyFrameFigures {
  /** The median of the last intervals; `undefined` before the second key frame. */
  usualMs: number | undefined;
  /** The longest of the last intervals, and of the one that is not over yet. */
  longestMs: number;
  /** How often a key frame was asked for, as far as it is known what came of it. */
  asked: number;
  /** How often one came soon after. */
  answered: number;
}

/** Intervals that are remembered: a minute's worth at two seconds. */
const REMEMBERED = 32;

/** A key frame within this time after it was asked for is taken as the answer: a round trip, encoding, sending. */
const ANSWER_WITHIN_MS = 2_000;

/**
 * Keeps the intervals between the key frames of one stream, while media flows. All times come from the caller,
 * in milliseconds of one clock that never goes back.
 */
export class KeyFrameIntervals {
  readonly #intervals: number[] = [];
  /** When the interval began that is not over: at a key frame, or when media began without one. */
  #began: number | undefined;
  #beganWithKeyFrame = false;
  #lastMedia: number | undefined;
  #lastTimestamp: number | undefined;
  #askedAt: number | undefined;
  #asked = 0;
  #answered = 0;

  /** Packets have come until now. */
  mediaSeen(at: number): void {
    this.#settle(at);
    this.#began ??= at;
    this.#lastMedia = at;
  }

  /** No packets come any more: the time until they do is no interval. */
  stalled(): void {
    this.#began = undefined;
    this.#beganWithKeyFrame = false;
    this.#askedAt = undefined;
  }

  /** @param timestamp the picture's RTP timestamp: a key frame may be told of by several of its packets */
  keyFrame(at: number, timestamp: number): void {
    if (timestamp === this.#lastTimestamp) return;
    this.#lastTimestamp = timestamp;
    this.#settle(at);
    if (this.#askedAt !== undefined) {
      this.#askedAt = undefined;
      this.#asked += 1;
      this.#answered += 1;
    }
    if (this.#began !== undefined && this.#beganWithKeyFrame) {
      this.#intervals.push(at - this.#began);
      if (this.#intervals.length > REMEMBERED) this.#intervals.shift();
    }
    this.#began = at;
    this.#beganWithKeyFrame = true;
    this.#lastMedia = at;
  }

  /** The publisher has been asked for a key frame. Asking again before an answer is due counts once. */
  keyFrameAsked(at: number): void {
    this.#settle(at);
    this.#askedAt ??= at;
  }

  get figures(): KeyFrameFigures {
    const sorted = [...this.#intervals].sort((a, b) => a - b);
    const open = this.#began === undefined ? 0 : (this.#lastMedia ?? this.#began) - this.#began;
    return {
      usualMs: sorted[sorted.length >> 1],
      longestMs: Math.max(open, sorted.at(-1) ?? 0),
      asked: this.#asked,
      answered: this.#answered,
    };
  }

  #settle(at: number): void {
    if (this.#askedAt === undefined || at - this.#askedAt <= ANSWER_WITHIN_MS) return;
    this.#askedAt = undefined;
    this.#asked += 1;
  }
}
