/** When so much is lost, and has to be sent again, the line is too narrow, and not merely bad. */
const TOO_MUCH = 0.1;

/** A change of layers takes so long to show in what the viewer reports, in ms. */
const SETTLE_MS = 3_000;

/** How long a layer must arrive whole before the next larger one is tried, in ms. Doubles with every failed try. */
const FIRST_WAIT_MS = 10_000;
const LONGEST_WAIT_MS = 120_000;

/** A layer that was tried and held for so long is no try any more, in ms. */
const HELD_MS = 30_000;

/**
 * Finds the largest layer that a viewer's network carries, from what arrives of the packets alone (RFC 3550,
 * section 6.4): down at once when too much is lost, up again after a while, and less and less often when that
 * fails. For viewers whose bandwidth mediasoup cannot estimate, because they give the header extensions that
 * takes other numbers than mediasoup does.
 */
export class LossLadder {
  readonly #highest: number;
  readonly #choose: (spatialLayer: number) => void;
  #layer: number;
  #wait = FIRST_WAIT_MS;
  /** When the last change was made; reports are ignored until it shows. */
  #changedAt = Number.NEGATIVE_INFINITY;
  /** When a larger layer was tried that has not held yet. */
  #triedAt: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param highest the largest spatial layer there is
   * @param choose is called with the layer to send, whenever it becomes another one
   */
  constructor(highest: number, choose: (spatialLayer: number) => void) {
    this.#highest = highest;
    this.#layer = highest;
    this.#choose = choose;
  }

  /** The largest layer that may be sent now. */
  get layer(): number {
    return this.#layer;
  }

  /** @param loss what part of the packets did not arrive, from 0 to 1, in the last moment */
  report(loss: number): void {
    if (loss < TOO_MUCH || performance.now() - this.#changedAt < SETTLE_MS) return;
    if (this.#triedAt !== undefined) this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
    this.#triedAt = undefined;
    if (this.#layer > 0) this.#go(this.#layer - 1);
    this.#waitToClimb();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #go(layer: number): void {
    this.#layer = layer;
    this.#changedAt = performance.now();
    this.#choose(layer);
  }

  #waitToClimb(): void {
    this.#after(this.#wait, () => {
      this.#triedAt = performance.now();
      this.#go(this.#layer + 1);
      this.#after(HELD_MS, () => {
        this.#triedAt = undefined;
        this.#wait = FIRST_WAIT_MS;
        if (this.#layer < this.#highest) this.#waitToClimb();
      });
    });
  }

  #after(ms: number, what: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(what, ms).unref();
  }
}
