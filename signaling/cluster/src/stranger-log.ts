import type { ClusterLog } from './cluster-log.ts';

const EVERY_MS = 60_000;
const MAX_KNOWN = 100;

/** Says which other cluster keys were met, once a minute for each. */
export class StrangerLog {
  readonly #own: readonly string[];
  readonly #log: ClusterLog;
  readonly #saidAt = new Map<string, number>();

  /** @param own fingerprints of the keys of this process */
  constructor(own: readonly string[], log: ClusterLog) {
    this.#own = own;
    this.#log = log;
  }

  /** @param fingerprint of the other key */
  report(fingerprint: string): void {
    const now = performance.now();
    const saidAt = this.#saidAt.get(fingerprint);
    if (saidAt !== undefined && now - saidAt < EVERY_MS) return;
    if (saidAt === undefined && this.#saidAt.size >= MAX_KNOWN) return;
    this.#saidAt.set(fingerprint, now);
    this.#log.warn(
      `A server with another MESHLIFT_CLUSTER_KEY (fingerprint ${fingerprint}) uses the same NATS; ` +
        `this one has ${this.#own.join(' and ')}. They do not work together until their keys are the same.`,
    );
  }
}
