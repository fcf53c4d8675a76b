import type { Subscription } from '@meshlift/protocol';
import { type Burst, sumOfWork, type Work, workOf } from './predicted-delay.ts';
import type { Traffic, ViewerGroup } from './traffic.ts';

/** The viewers that a relay has on one worker, and what that worker does for them. */
export class Fanout {
  readonly traffic: Traffic;
  readonly #groups = new Map<string, ViewerGroup>();
  #viewers = 0;
  #known: { version: number; work: Work } | undefined;

  constructor(traffic: Traffic) {
    this.traffic = traffic;
  }

  get viewers(): number {
    return this.#viewers;
  }

  get bursts(): Burst[] {
    return this.traffic.burstsFor([...this.#groups.values()]);
  }

  /** Remembered, since every choice of a worker asks all of them. */
  get work(): Work {
    const { version } = this.traffic;
    if (this.#known?.version !== version) {
      this.#known = { version, work: sumOfWork(this.bursts.map(workOf)) };
    }
    return this.#known.work;
  }

  /** What the bursts would be if one more viewer came. */
  burstsAfterAdding(subscription: Subscription): Burst[] {
    return this.traffic.burstsFor([...this.#groups.values(), { subscription, viewers: 1 }]);
  }

  add(subscription: Subscription): void {
    const key = JSON.stringify(subscription);
    const group = this.#groups.get(key) ?? { subscription, viewers: 0 };
    this.#groups.set(key, group);
    group.viewers += 1;
    this.#viewers += 1;
    this.#known = undefined;
  }

  /** Takes back one call of `add` with such a subscription. */
  remove(subscription: Subscription): void {
    const key = JSON.stringify(subscription);
    const group = this.#groups.get(key);
    if (!group) return;
    group.viewers -= 1;
    if (group.viewers === 0) this.#groups.delete(key);
    this.#viewers -= 1;
    this.#known = undefined;
  }
}
