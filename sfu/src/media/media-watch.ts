import { PollingScheduler } from './polling-scheduler.ts';

/** Each poll is one or two messages to the worker and back, and there are none after media was seen. */
const POLL_EVERY_MS = 4_000;

/** Longer than a browser takes for its first frame, and for its first report of audio (RFC 3550, section 6.2). */
const POLLS = 4;

const scheduler = new PollingScheduler(POLL_EVERY_MS);

/** What a poll of a connected path has found: media passes, media is missing, or there is none to expect. */
export type Passage = 'passes' | 'missing' | 'none expected';

/**
 * Watches whether the first media passes on a path that is connected. ICE and DTLS may work where media does not: the
 * encoder is stuck, or the network drops packets of that size. Ends with the first media: what stops later is a
 * matter of the sender.
 */
export class MediaWatch {
  readonly #poll: () => Promise<Passage>;
  readonly #changed: (missing: boolean) => void;
  readonly #mostMissing: number;
  #leave: (() => void) | undefined;
  #missing = 0;
  #done = false;

  /**
   * @param changed is called when media has been missing for 12 to 16 s, and when it passes after all
   * @param mostMissing after so many polls in a row that miss it there are no more: there may be hundreds of viewers who never
   *   report what they receive
   */
  constructor(
    poll: () => Promise<Passage>,
    changed: (missing: boolean) => void,
    mostMissing = Number.POSITIVE_INFINITY,
  ) {
    this.#poll = poll;
    this.#changed = changed;
    this.#mostMissing = mostMissing;
  }

  /** Begins with the connection, and goes on if that breaks. Repeating it changes nothing. */
  start(): void {
    if (!this.#done) this.#leave ??= scheduler.join(() => void this.#pollOnce());
  }

  /** Repeating it changes nothing. */
  close(): void {
    this.#done = true;
    this.#leave?.();
  }

  async #pollOnce(): Promise<void> {
    const passage = await this.#poll();
    if (this.#done) return;
    const reported = this.#missing >= POLLS;
    if (passage === 'missing') this.#missing += 1;
    else this.#missing = 0;
    if (passage === 'passes' || this.#missing >= this.#mostMissing) this.close();
    if (this.#missing === POLLS) this.#changed(true);
    else if (reported && passage !== 'missing') this.#changed(false);
  }
}
