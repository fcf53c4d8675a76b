import { Child } from '../machine/child.ts';
import type { Door } from '../relays/relay.ts';
import type { Counted, CrowdTasks, Joined, JoinOptions } from './crowd-process.ts';

export type { Counted, Joined } from './crowd-process.ts';

/** Any number of viewers in a process of their own. */
export class Crowd {
  readonly #child: Child<CrowdTasks>;

  /**
   * @param options.urgent for a few that measure delays: they come before others on their core, and are not to be
   *   where the many are
   */
  static async start({
    core,
    urgent = false,
  }: {
    core?: number | undefined;
    urgent?: boolean;
  } = {}): Promise<Crowd> {
    const child = await Child.start<CrowdTasks>(new URL('crowd-process.ts', import.meta.url), { core });
    if (urgent) await child.tasks.hurry();
    return new Crowd(child);
  }

  private constructor(child: Child<CrowdTasks>) {
    this.#child = child;
  }

  /** Brings viewers in; resolves when each of them has its first packet or has failed. */
  join(door: Door, count: number, options: JoinOptions = {}): Promise<Joined[]> {
    return this.#child.tasks.join(door, count, options);
  }

  /** What all that are there receive within so many seconds. */
  count(seconds: number): Promise<Counted> {
    return this.#child.tasks.count(seconds);
  }

  /** The time that this crowd has used on any core. */
  cpuSeconds(): Promise<number> {
    return this.#child.tasks.cpuSeconds();
  }

  /** The longest there go first, and say goodbye; all, when no number is given. */
  leave(count?: number): Promise<void> {
    return this.#child.tasks.leave(count);
  }

  /** Those who came last go, and say goodbye. @throws Error when the relay does not hear of it */
  leaveLast(count: number): Promise<void> {
    return this.#child.tasks.leaveLast(count);
  }

  /** Everybody vanishes without a word. */
  vanish(): void {
    this.#child.kill();
  }

  /** Rejects when its process ends before it is stopped. */
  get lost(): Promise<never> {
    return this.#child.lost;
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}
