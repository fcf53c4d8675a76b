import type { Subscription } from '@meshlift/cluster';
import { MeshliftError } from '@meshlift/protocol';
import type { Registry } from '@meshlift/telemetry';
import * as z from 'zod';
import type { Cluster } from './cluster.ts';

const ANSWER_WITHIN_MS = 2_000;

const subjectOf = (process: string) => `metrics.${process}`;

/** A server of the cluster, as a monitoring system may call it. */
export interface Measured {
  /** The name of the process, new with each start. */
  process: string;
  role: string;
  /** Empty if nobody said. */
  region: string;
}

/**
 * What each server of the cluster measures, to be had from any of them: so that nobody has to find the metrics port of
 * every process, nor open it to other machines.
 */
export class SharedMetrics {
  readonly #cluster: Cluster;
  readonly #registry: Registry;
  readonly #serving: Subscription;

  constructor({ cluster, registry }: { cluster: Cluster; registry: Registry }) {
    this.#cluster = cluster;
    this.#registry = registry;
    this.#serving = cluster.bus.serve(subjectOf(cluster.self), () => registry.metrics());
  }

  /** This server and those that it works with. */
  get servers(): Measured[] {
    const used = this.#cluster.directory.nodes.filter(({ unusable }) => unusable === undefined);
    return used.map(({ id, role, region }) => ({ process: id, role, region }));
  }

  /**
   * In the text format of Prometheus.
   *
   * @throws MeshliftError `NOT_FOUND` if no such server is in the cluster; `NODE_UNREACHABLE`, `REQUEST_TIMEOUT`,
   *   `DIRECTORY_UNAVAILABLE`
   */
  async of(process: string): Promise<string> {
    const { bus, self } = this.#cluster;
    if (process === self) return this.#registry.metrics();
    if (!this.servers.some((server) => server.process === process)) throw new MeshliftError('NOT_FOUND');
    const answer = await bus.request(subjectOf(process), null, { timeoutMs: ANSWER_WITHIN_MS });
    return z.string().parse(answer);
  }

  close(): void {
    this.#serving.close();
  }
}
