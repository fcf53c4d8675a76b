/** Waits for things that another event may bring about: whoever causes one calls `look`. */
export class Waiting {
  readonly #looks = new Set<() => void>();
  readonly #callOffs = new Set<() => void>();

  /** Resolves when something holds, or everything is called off. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!holds()) return;
        this.#looks.delete(look);
        this.#callOffs.delete(resolve);
        resolve();
      };
      this.#looks.add(look);
      this.#callOffs.add(resolve);
      look();
    });
  }

  look(): void {
    for (const look of [...this.#looks]) look();
  }

  /** Lets go of everybody who waits. */
  callOff(): void {
    this.#looks.clear();
    for (const resolve of this.#callOffs) resolve();
    this.#callOffs.clear();
  }
}
