import type { Demand } from '@meshlift/protocol/cluster';

/** The doors that follow a stream, and how many watch it through each. */
export class Followers {
  readonly #demands = new Map<string, Demand>();

  get doors(): string[] {
    return [...this.#demands.keys()];
  }

  /** How many watch, over all of them. */
  get watching(): number {
    return this.#sum(({ watching }) => watching);
  }

  /** The same, those included who are about to, of each door one at least. */
  get wanting(): number {
    return this.#sum(({ watching, wanted }) => (wanted ? Math.max(1, watching) : 0));
  }

  has(door: string): boolean {
    return this.#demands.has(door);
  }

  watchingAt(door: string): number {
    return this.#demands.get(door)?.watching ?? 0;
  }

  /** @returns false for what is older than what is known */
  set(door: string, demand: Demand): boolean {
    const known = this.#demands.get(door);
    if (known && known.turn > demand.turn) return false;
    if (demand.ends) this.#demands.delete(door);
    else this.#demands.set(door, demand);
    return true;
  }

  delete(door: string): boolean {
    return this.#demands.delete(door);
  }

  clear(): void {
    this.#demands.clear();
  }

  #sum(count: (demand: Demand) => number): number {
    let sum = 0;
    for (const demand of this.#demands.values()) sum += count(demand);
    return sum;
  }
}
