import { Gauge, type Registry } from '@meshlift/telemetry';
import type { Cluster } from './cluster.ts';

/** Registers what an operator watches of a cluster: whether it is there, and who is in it. */
export function registerClusterMetrics(registry: Registry, { directory }: Cluster): void {
  const registers = [registry];
  new Gauge({
    name: 'meshlift_cluster_connected',
    help: 'Whether the cluster can be reached: 1, or 0. A server that serves alone always reaches it',
    registers,
    collect() {
      this.set(directory.connected ? 1 : 0);
    },
  });
  new Gauge({
    name: 'meshlift_cluster_nodes',
    help: 'Servers of the cluster by role and state, this one included; `key` and `protocol` are not used, because theirs is another one',
    labelNames: ['role', 'state'],
    registers,
    collect() {
      this.reset();
      for (const { role, state, unusable } of directory.nodes) this.inc({ role, state: unusable ?? state });
    },
  });
}
