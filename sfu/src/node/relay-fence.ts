import { Fence } from '@meshlift/cluster';
import type { OwnerToken } from '@meshlift/protocol';

/** Relays that are over and whose last owner is remembered: one who was replaced may not know of it yet. */
const MAX_CLOSED = 10_000;

/** Keeps former owners of relays out. Relays whose owners show no token are everybody's. */
export class RelayFence {
  readonly #fence = new Fence();
  readonly #fenced = new Set<string>();
  /** The oldest first. */
  readonly #closed = new Set<string>();

  /** @throws MeshliftError `STALE_OWNER` for one who has been replaced */
  check(relayId: string, owner: OwnerToken | undefined): void {
    if (!owner) return;
    this.#fence.check(relayId, owner);
    this.#fenced.add(relayId);
    this.#closed.delete(relayId);
  }

  closed(relayId: string): void {
    if (!this.#fenced.delete(relayId)) return;
    this.#closed.add(relayId);
    const [oldest] = this.#closed;
    if (this.#closed.size <= MAX_CLOSED || oldest === undefined) return;
    this.#closed.delete(oldest);
    this.#fence.forget(oldest);
  }
}
