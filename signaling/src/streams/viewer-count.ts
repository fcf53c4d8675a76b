const AT_MOST_EVERY_MS = 1_000;

/** Tells a number that changes often, at once the first time and then at most once a second. */
export class ViewerCount {
  readonly #announce: (count: number) => void;
  #count = 0;
  #announced = 0;
  #pause: NodeJS.Timeout | undefined;

  constructor(announce: (count: number) => void) {
    this.#announce = announce;
  }

  get value(): number {
    return this.#count;
  }

  set(count: number): void {
    this.#count = count;
    if (this.#pause === undefined) this.#tell();
  }

  close(): void {
    clearTimeout(this.#pause);
  }

  #tell(): void {
    this.#pause = undefined;
    if (this.#count === this.#announced) return;
    this.#announced = this.#count;
    this.#pause = setTimeout(() => this.#tell(), AT_MOST_EVERY_MS);
    this.#pause.unref();
    this.#announce(this.#count);
  }
}
