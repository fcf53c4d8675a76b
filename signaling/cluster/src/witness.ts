import { MeshliftError } from '@meshlift/protocol';
import type { Bus } from './bus.ts';
import type { Clock } from './clock.ts';

/** How long a node may take to say that it is there. */
const ANSWER_WITHIN_MS = 1_000;
/**
 * How long a node may leave all questions unanswered. NATS before 2.10 never notices that a client has gone without a
 * word as long as there is something to send to it, so "nobody serves it" may never come.
 */
const SILENCE_MS = 5_000;
const MAX_SUSPECTS = 1_000;

/** Asks nodes whether they are there, and remembers since when one has not answered. */
export class Witness {
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #silentSince = new Map<string, number>();

  constructor(bus: Bus, clock: Clock) {
    this.#bus = bus;
    this.#clock = clock;
  }

  static subject(node: string): string {
    return `presence.${node}`;
  }

  /**
   * @returns true if nobody serves its subject, or if it has answered nothing for five seconds in which it was asked
   * @throws MeshliftError `DIRECTORY_UNAVAILABLE`
   */
  async findsGone(node: string): Promise<boolean> {
    const askedAt = this.#clock.now();
    try {
      await this.#bus.request(Witness.subject(node), {}, { timeoutMs: ANSWER_WITHIN_MS });
      this.#silentSince.delete(node);
      return false;
    } catch (error) {
      const { code } = MeshliftError.from(error);
      if (code === 'NODE_UNREACHABLE') return true;
      if (code !== 'REQUEST_TIMEOUT') throw error;
      const since = this.#silentSince.get(node) ?? askedAt;
      this.#silentSince.set(node, since);
      const [oldest] = this.#silentSince.keys();
      if (this.#silentSince.size > MAX_SUSPECTS && oldest !== undefined) this.#silentSince.delete(oldest);
      return this.#clock.now() - since >= SILENCE_MS;
    }
  }

  /** It has been heard of. */
  forgive(node: string): void {
    this.#silentSince.delete(node);
  }

  /** Nobody could have answered. */
  forgiveAll(): void {
    this.#silentSince.clear();
  }
}
