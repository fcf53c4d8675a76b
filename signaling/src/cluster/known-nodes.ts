import type { NodeView, Subscription } from '@meshlift/cluster';
import { MEDIA_NODE_EVENTS, parseMediaNodeEvent } from '@meshlift/protocol/cluster';
import type { Cluster } from './cluster.ts';
import type { Departures } from './departures.ts';
import type { NodeFacts } from './node-choice.ts';
import type { Nodes } from './nodes.ts';
import { RemoteMediaNode } from './remote-media-node.ts';

export interface KnownNodesOptions {
  cluster: Cluster;
  departures: Departures;
  nodes: Nodes;
}

/** Follows the directory: media nodes of other processes are used from when they come until they are gone. */
export class KnownNodes {
  readonly #cluster: Cluster;
  readonly #nodes: Nodes;
  /** The media nodes that there are, by their processes. */
  readonly #known = new Map<string, RemoteMediaNode>();
  readonly #following: Subscription;

  constructor({ cluster, departures, nodes }: KnownNodesOptions) {
    this.#cluster = cluster;
    this.#nodes = nodes;
    departures.on((process) => this.#remove(process));
    cluster.delivery.on(MEDIA_NODE_EVENTS, (from, body) => {
      const event = parseMediaNodeEvent(body);
      if (event) this.#known.get(from)?.receive(event);
    });
    // What it reported and did not arrive cannot be made up for: its sessions begin anew.
    cluster.delivery.onLostTrack((process) => this.#known.get(process)?.lose());
    this.#following = cluster.directory.onNodes((views) => this.#update(views));
    this.#update(cluster.directory.nodes);
  }

  close(): void {
    this.#following.close();
  }

  #update(views: readonly NodeView[]): void {
    for (const view of views) {
      if (view.id === this.#cluster.self || view.unusable || view.role === 'signaling') continue;
      if (!this.#known.has(view.id)) this.#add(view);
      this.#nodes.update(view.id, factsOf(view));
    }
  }

  #add(view: NodeView): void {
    const { bus, self } = this.#cluster;
    const { routerRtpCapabilities } = this.#nodes;
    const node = new RemoteMediaNode({ bus, self, process: view.id, routerRtpCapabilities });
    this.#known.set(view.id, node);
    this.#nodes.add({ process: view.id, node, adoption: node, facts: factsOf(view) });
  }

  #remove(process: string): void {
    this.#known.get(process)?.lose();
    this.#known.delete(process);
    this.#nodes.remove(process);
  }
}

function factsOf({ region, state, load }: NodeView): NodeFacts {
  return { region, state, load };
}
