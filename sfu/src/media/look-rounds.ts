/**
 * So many are looked at in one go. To wake up for one costs several times what a look does, and takes the caches
 * from the worker; the looks of one go keep a worker from its media for less than half a millisecond.
 */
const TOGETHER = 20;

interface Group {
  looks: Set<() => void>;
  timer: NodeJS.Timeout;
}

/** Calls whoever has joined once in a while, in groups. */
export class LookRounds {
  readonly #everyMs: number;
  readonly #groups = new Set<Group>();

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  get groupCount(): number {
    return this.#groups.size;
  }

  /**
   * @param look is called within the time of one round for the first time, and once in each round after that
   * @returns what ends that; it may be called twice
   */
  join(look: () => void): () => void {
    const group = this.#groupWithRoom();
    group.looks.add(look);
    return () => {
      group.looks.delete(look);
      if (group.looks.size > 0) return;
      clearInterval(group.timer);
      this.#groups.delete(group);
    };
  }

  #groupWithRoom(): Group {
    for (const group of this.#groups) if (group.looks.size < TOGETHER) return group;
    const looks = new Set<() => void>();
    const timer = setInterval(() => {
      for (const look of looks) look();
    }, this.#everyMs).unref();
    const group = { looks, timer };
    this.#groups.add(group);
    return group;
  }
}
