/** Asks only while somebody can see what it is for, or at all times. */
export type PollingNeed = 'visible' | 'always';

/** Does something again and again, for as long as somebody needs it. */
export class Polling {
  readonly #work: () => Promise<number>;
  readonly #needs = new Set<{ need: PollingNeed }>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #working = false;

  /** @param work resolves to the milliseconds to wait before the next time, and never rejects */
  constructor(work: () => Promise<number>) {
    this.#work = work;
  }

  /** Begins at once. @returns what to call when it is not needed any longer */
  need(need: PollingNeed): () => void {
    const mine = { need };
    if (this.#needs.size === 0) document.addEventListener('visibilitychange', this.#onVisibility);
    this.#needs.add(mine);
    void this.#go();
    return () => {
      this.#needs.delete(mine);
      if (this.#needs.size === 0) this.stop();
    };
  }

  /** Does it now, and goes on from there. */
  again(): void {
    void this.#go();
  }

  /** Stops, whoever needs it. Repeating it changes nothing. */
  stop(): void {
    this.#needs.clear();
    this.#rest();
    document.removeEventListener('visibilitychange', this.#onVisibility);
  }

  get #wanted(): boolean {
    const hidden = document.visibilityState === 'hidden';
    return [...this.#needs].some(({ need }) => need === 'always' || !hidden);
  }

  readonly #onVisibility = () => {
    if (this.#wanted) void this.#go();
    else this.#rest();
  };

  async #go(): Promise<void> {
    if (this.#working) return;
    this.#rest();
    this.#working = true;
    const ms = await this.#work();
    this.#working = false;
    if (this.#wanted) this.#timer = setTimeout(() => void this.#go(), ms);
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
