import type { Cluster } from './cluster/cluster.ts';
import type { NodeFacts } from './cluster/node-choice.ts';
import type { Nodes } from './cluster/nodes.ts';

const EVERY_MS = 1_000;

/** Changes below this are not worth a message. */
const STEP = 0.02;

/** Lets this process and the others know how busy its media node is. */
export class LoadReports {
  readonly #timer: NodeJS.Timeout;

  constructor({ cluster, nodes, facts }: { cluster: Cluster; nodes: Nodes; facts: () => NodeFacts }) {
    let announced = 0;
    this.#timer = setInterval(() => {
      const now = facts();
      nodes.update(cluster.self, now);
      if (Math.abs(now.load - announced) < STEP) return;
      announced = now.load;
      // One that does not get through is followed by another.
      cluster.directory.announce({ load: now.load }).catch(() => undefined);
    }, EVERY_MS);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
