import { MeshliftError } from '@meshlift/protocol';

/** Who asks, and as which of the owners that came after each other. Travels with every order of an owner. */
export interface Token {
  owner: string;
  generation: number;
}

/**
 * Keeps out those who have been replaced and do not know it. Whatever carries out orders of owners has one, and shows it
 * each of them.
 */
export class Fence {
  readonly #highest = new Map<string, Token>();

  /**
   * @param name what the order is about
   * @throws MeshliftError `STALE_OWNER` if somebody has been here with a higher generation, or somebody else with the same
   */
  check(name: string, { owner, generation }: Token): void {
    const highest = this.#highest.get(name);
    if (highest) {
      const known = generation === highest.generation && owner === highest.owner;
      if (generation < highest.generation || (generation === highest.generation && !known)) {
        throw new MeshliftError('STALE_OWNER');
      }
      if (known) return;
    }
    this.#highest.set(name, { owner, generation });
  }

  /** Forgets a name, for which nothing is to be carried out any more. */
  forget(name: string): void {
    this.#highest.delete(name);
  }
}
