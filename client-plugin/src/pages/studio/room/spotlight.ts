/**
 * Whose tile has the stage: that of the screen which was shared last, unless somebody looking has chosen
 * otherwise. Their choice holds until somebody begins or stops to share.
 */
export class Spotlight {
  /** Who shares a screen, the latest last. */
  #sharing: string[] = [];
  /** Undefined while nothing has been chosen; null for the grid. */
  #chosen: string | null | undefined;

  /** Undefined: everybody is shown in the same size. */
  get on(): string | undefined {
    return this.#chosen === undefined ? this.#sharing.at(-1) : (this.#chosen ?? undefined);
  }

  /** @param sharing who shares a screen now, in any order */
  update(sharing: readonly string[]): void {
    const before = this.#sharing;
    const kept = before.filter((id) => sharing.includes(id));
    const begun = sharing.filter((id) => !before.includes(id));
    if (begun.length > 0 || kept.length < before.length) this.#chosen = undefined;
    this.#sharing = [...kept, ...begun];
  }

  /** Puts somebody on the stage, or takes them from it. */
  toggle(id: string): void {
    this.#chosen = this.on === id ? null : id;
  }
}
