import type { WantedLayers } from '@meshlift/protocol';

const LET_GO_AFTER_MS = 2_000;

export interface LayerDemandOptions {
  /**
   * The highest spatial layer that any viewer of this producer may be sent now: -1 for none, `Infinity` for one that
   * takes whatever its network carries.
   */
  measure: (producerId: string) => number;
  announce: (wanted: WantedLayers) => void;
  /**
   * How long a layer stays wanted after its last viewer, in ms. An edge lets go at once: the origin waits for all.
   *
   * @default 2 seconds, so that a reload does not stop and start an encoder
   */
  letGoAfterMs?: number | undefined;
}

interface Demand {
  layerCount: number;
  /** Highest spatial layer the publisher has been asked for; -1 for none. */
  asked: number;
  letGo: NodeJS.Timeout | undefined;
}

/**
 * Knows which spatial layers of each producer somebody may be sent, and announces it when that changes: at once
 * when more are wanted, after a while when fewer are. Lower layers of a wanted one are always wanted too,
 * because a viewer whose network narrows falls back to them.
 */
export class LayerDemand {
  readonly #measure: (producerId: string) => number;
  readonly #announce: (wanted: WantedLayers) => void;
  readonly #letGoAfterMs: number;
  readonly #demands = new Map<string, Demand>();

  constructor({ measure, announce, letGoAfterMs = LET_GO_AFTER_MS }: LayerDemandOptions) {
    this.#measure = measure;
    this.#announce = announce;
    this.#letGoAfterMs = letGoAfterMs;
  }

  /** Starts to follow a producer and returns what is wanted of it now, without announcing it. */
  track(producerId: string, layerCount: number): WantedLayers {
    const demand: Demand = { layerCount, asked: -1, letGo: undefined };
    demand.asked = this.#highest(producerId, demand);
    this.#demands.set(producerId, demand);
    return this.wanted(producerId);
  }

  untrack(producerId: string): void {
    clearTimeout(this.#demands.get(producerId)?.letGo);
    this.#demands.delete(producerId);
  }

  wanted(producerId: string): WantedLayers {
    const asked = this.#demands.get(producerId)?.asked ?? -1;
    return { producerId, spatialLayers: Array.from({ length: asked + 1 }, (_, layer) => layer) };
  }

  /** To be called whenever a viewer came, went or chose other layers. */
  refresh(): void {
    for (const [producerId, demand] of this.#demands) {
      const highest = this.#highest(producerId, demand);
      if (highest >= demand.asked) {
        clearTimeout(demand.letGo);
        demand.letGo = undefined;
        this.#ask(producerId, demand, highest);
      } else {
        demand.letGo ??= setTimeout(() => {
          demand.letGo = undefined;
          this.#ask(producerId, demand, this.#highest(producerId, demand));
        }, this.#letGoAfterMs);
      }
    }
  }

  close(): void {
    for (const producerId of [...this.#demands.keys()]) this.untrack(producerId);
  }

  #highest(producerId: string, demand: Demand): number {
    return Math.min(this.#measure(producerId), demand.layerCount - 1);
  }

  #ask(producerId: string, demand: Demand, highest: number): void {
    if (highest === demand.asked) return;
    demand.asked = highest;
    this.#announce(this.wanted(producerId));
  }
}
