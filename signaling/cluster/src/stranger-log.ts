import type { ClusterLog } from './cluster-log.ts';
import type { Seal } from './seal.ts';

const EVERY_MS = 60_000;
const MAX_KNOWN = 100;

/** Says which other cluster keys were met, once a minute for each. */
export class StrangerLog {
  readonly #seal: Seal;
  readonly #log: ClusterLog;
  readonly #saidAt = new Map<string, number>();

  constructor(seal: Seal, log: ClusterLog) {
    this.#seal = seal;
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
        `this one has ${this.#seal.fingerprints.join(' and ')}. They do not work together until their keys are the same.`,
    );
  }
}
