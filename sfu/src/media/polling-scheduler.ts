/**
 * Polls that run at once. Waking up for a single one costs several times the poll itself, and takes the caches from the
 * worker; these together keep a worker from its media for less than half a millisecond.
 */
const TOGETHER = 20;

interface Group {
  polls: Set<() => void>;
  timer: NodeJS.Timeout;
}

/** Calls everything that has joined at a steady pace, in groups. */
export class PollingScheduler {
  readonly #everyMs: number;
  readonly #groups = new Set<Group>();

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /**
   * @param poll is called within the time of one round for the first time, and once in each round after that
   * @returns what ends that; idempotent
   */
  join(poll: () => void): () => void {
    const group = this.#groupWithRoom();
    group.polls.add(poll);
    return () => {
      group.polls.delete(poll);
      if (group.polls.size > 0) return;
      clearInterval(group.timer);
      this.#groups.delete(group);
    };
  }

  #groupWithRoom(): Group {
    for (const group of this.#groups) if (group.polls.size < TOGETHER) return group;
    const polls = new Set<() => void>();
    const timer = setInterval(() => {
      for (const poll of polls) poll();
    }, this.#everyMs).unref();
    const group = { polls, timer };
    this.#groups.add(group);
    return group;
  }
}
