import type { Bus, OrderedDelivery } from '@meshlift/cluster';
import { MeshliftError } from '@meshlift/protocol';
import type { CascadeRequest, PipeEndpoint } from '@meshlift/protocol/cluster';
import type { Branch } from '../cascade/branch.ts';
import { FeedTree } from '../cascade/feed-tree.ts';
import type { Relay } from '../media/relay.ts';
import type { PortRange } from '../workers/pipe-ports.ts';
import { CascadeLink } from './cascade-link.ts';
import { Edge } from './edge.ts';

export interface CascadeOptions {
  bus: Bus;
  delivery: OrderedDelivery;
  /** The name of this process. */
  self: string;
  /** Where this node is: nodes of one region feed each other. */
  region: string;
  /**
   * How many nodes this one feeds of each relay at most.
   *
   * @default 8
   */
  maxBranches?: number | undefined;
  /** The address that pipes from other nodes arrive at, which those nodes reach. */
  pipeAddress: string;
}

/** The relays of the node that this is part of. */
interface Relays {
  /** @throws MeshliftError `MEDIA_FAILED` for one that is not here */
  get(relayId: string): Promise<Relay>;
}

/** What this node does for relays that several nodes carry: it feeds others, and is fed. */
export class Cascade {
  readonly #options: CascadeOptions;
  readonly #relays: Relays;
  readonly #pipe: { ip: string; portRange: PortRange };
  readonly #link: CascadeLink;
  /** Of the relays whose origin is here and that other nodes carry too. */
  readonly #trees = new Map<string, FeedTree>();

  constructor(options: CascadeOptions, { relays, pipePorts }: { relays: Relays; pipePorts: PortRange }) {
    this.#options = options;
    this.#pipe = { ip: options.pipeAddress, portRange: pipePorts };
    this.#relays = relays;
    this.#link = new CascadeLink({ ...options, answer: (request) => this.#answer(request) });
  }

  get self(): string {
    return this.#options.self;
  }

  /** Has a relay fed whose origin is in another process. @throws MeshliftError when nobody can feed it */
  openEdge({
    relay,
    origin,
    lost,
  }: {
    relay: Relay;
    origin: string;
    lost: (ended: boolean) => void;
  }): Promise<Edge> {
    const { region } = this.#options;
    return Edge.create({ relay, origin, lost, region, link: this.#link, pipe: this.#pipe });
  }

  /** A relay of this node is over. */
  closed(relayId: string): void {
    this.#trees.delete(relayId);
  }

  /** A process has ended: it feeds nobody and needs nothing. */
  forget(process: string): void {
    for (const tree of this.#trees.values()) tree.leave(process);
    this.#link.lostTrack(process);
  }

  close(): void {
    this.#link.close();
  }

  async #answer(request: CascadeRequest): Promise<unknown> {
    switch (request.name) {
      case 'join':
        return { parent: await this.#join(request) };
      case 'leave':
        this.#trees.get(request.relayId)?.leave(request.edge);
        return undefined;
      case 'open':
        return { endpoint: await this.#open(request) };
      case 'feeds':
        return this.#link.hasBranch(request.feedId);
    }
  }

  async #join({ relayId, edge, region, avoid }: CascadeRequest & { name: 'join' }): Promise<string> {
    const relay = await this.#relays.get(relayId);
    if (relay.isEdge || edge === this.self) throw new MeshliftError('MEDIA_FAILED');
    const tree = this.#trees.get(relayId) ?? this.#newTree(relayId);
    for (const node of avoid) void this.#removeIfGone(tree, node);
    const parent = tree.join(edge, { region, avoid: new Set(avoid) });
    if (parent === undefined) throw new MeshliftError('SERVER_FULL');
    return parent;
  }

  /** Another node could not be fed by it. Whether it is gone for all is found out here. */
  async #removeIfGone(tree: FeedTree, node: string): Promise<void> {
    if (tree.has(node) && node !== this.self && (await this.#link.isGone(node))) tree.leave(node);
  }

  #newTree(relayId: string): FeedTree {
    const { self: origin, region, maxBranches = 8 } = this.#options;
    const tree = new FeedTree({ origin, region, maxBranches });
    this.#trees.set(relayId, tree);
    return tree;
  }

  async #open({ relayId, feedId, edge, endpoint }: CascadeRequest & { name: 'open' }): Promise<PipeEndpoint> {
    const relay = await this.#relays.get(relayId);
    if (this.#link.hasBranch(feedId)) throw new MeshliftError('WRONG_STATE');
    let branch: Branch | undefined;
    let closed = false;
    branch = await relay.openBranch({
      ...this.#pipe,
      endpoint,
      send: (event) => this.#link.sendToBranch(edge, feedId, event),
      closed: () => {
        closed = true;
        this.#link.forget(feedId);
      },
    });
    if (closed) throw new MeshliftError('MEDIA_FAILED');
    this.#link.followBranch(feedId, {
      peer: edge,
      receive: (event) => branch.receive(event),
      lostTrack: () => branch.close(),
    });
    return branch.endpoint;
  }
}
