import {
  type ConsumerOptions,
  type DtlsParameters,
  type IceParameters,
  type IngestOpened,
  type IngestReport,
  type IngestRequest,
  type IngestTerms,
  type Layers,
  type MediaKind,
  type MediaNode,
  type MediaNodeEvents,
  MeshliftError,
  type RtpCapabilities,
  type RtpParameters,
  type ViewerOpened,
  type ViewerRequest,
  type ViewerTerms,
  type WantedLayers,
} from '@meshlift/protocol';

/** A relay that is open, or being opened, and all that this end knows of it. */
interface RoutedRelay {
  readonly id: string;
  readonly node: MediaNode;
  /** Those that are open, or being opened. */
  readonly sessionIds: Set<string>;
}

/**
 * All media nodes as one. Nothing above it knows how many there are: a relay is placed on a node when it is opened, and
 * what is asked of the relay, or of a session in it, goes to that node. Events of every node reach each listener as
 * they are.
 *
 * A relay is forgotten when it is closed or lost, with its sessions; a session when it is closed, from either side.
 */
export class Nodes implements MediaNode {
  readonly routerRtpCapabilities: RtpCapabilities;
  readonly #nodes: readonly [MediaNode, ...MediaNode[]];
  /** How many relays each carries. */
  readonly #load: Map<MediaNode, number>;
  readonly #relays = new Map<string, RoutedRelay>();
  readonly #relayOfSession = new Map<string, RoutedRelay>();

  /** @param nodes at least one; they are closed with this. All of them route the same codecs */
  constructor(nodes: readonly [MediaNode, ...MediaNode[]]) {
    this.#nodes = nodes;
    this.#load = new Map(nodes.map((node) => [node, 0]));
    this.routerRtpCapabilities = nodes[0].routerRtpCapabilities;
    // Before anybody else listens: whoever hears that something is gone can open it again.
    for (const node of nodes) {
      node.on('sessionClosed', ({ sessionId }) => this.#forgetSession(sessionId));
      node.on('relayLost', ({ relayId }) => {
        const relay = this.#relays.get(relayId);
        if (relay?.node === node) this.#forgetRelay(relay);
      });
    }
  }

  async openRelay(relayId: string): Promise<void> {
    const known = this.#relays.get(relayId);
    if (known) return known.node.openRelay(relayId);
    const relay = { id: relayId, node: this.#choose(), sessionIds: new Set<string>() };
    this.#relays.set(relayId, relay);
    this.#count(relay.node, 1);
    try {
      await relay.node.openRelay(relayId);
    } catch (error) {
      this.#forgetRelay(relay);
      throw error;
    }
  }

  async closeRelay(relayId: string): Promise<void> {
    const relay = this.#relays.get(relayId);
    if (!relay) return;
    this.#forgetRelay(relay);
    await relay.node.closeRelay(relayId);
  }

  openIngest<T extends IngestTerms>(request: IngestRequest<T>): Promise<IngestOpened<T>> {
    return this.#openSession(request, (node) => node.openIngest(request));
  }

  openViewer<T extends ViewerTerms>(request: ViewerRequest<T>): Promise<ViewerOpened<T>> {
    return this.#openSession(request, (node) => node.openViewer(request));
  }

  async exchangeIce(sessionId: string, fragment: string): Promise<string | null> {
    return this.#nodeOf(sessionId).exchangeIce(sessionId, fragment);
  }

  async connectTransport(sessionId: string, dtlsParameters: DtlsParameters): Promise<void> {
    return this.#nodeOf(sessionId).connectTransport(sessionId, dtlsParameters);
  }

  async restartIce(sessionId: string): Promise<IceParameters> {
    return this.#nodeOf(sessionId).restartIce(sessionId);
  }

  async closeSession(sessionId: string): Promise<void> {
    const relay = this.#relayOfSession.get(sessionId);
    if (!relay) return;
    this.#forgetSession(sessionId);
    await relay.node.closeSession(sessionId);
  }

  async openProducer(
    sessionId: string,
    producer: { kind: MediaKind; rtpParameters: RtpParameters; paused: boolean },
  ): Promise<WantedLayers> {
    return this.#nodeOf(sessionId).openProducer(sessionId, producer);
  }

  async setProducerPaused(sessionId: string, producerId: string, paused: boolean): Promise<void> {
    return this.#nodeOf(sessionId).setProducerPaused(sessionId, producerId, paused);
  }

  async closeProducer(sessionId: string, producerId: string): Promise<void> {
    return this.#nodeOf(sessionId).closeProducer(sessionId, producerId);
  }

  async inspectIngest(sessionId: string): Promise<IngestReport> {
    return this.#nodeOf(sessionId).inspectIngest(sessionId);
  }

  async listWantedLayers(sessionId: string): Promise<WantedLayers[]> {
    return this.#nodeOf(sessionId).listWantedLayers(sessionId);
  }

  async listConsumers(sessionId: string): Promise<ConsumerOptions[]> {
    return this.#nodeOf(sessionId).listConsumers(sessionId);
  }

  async resumeConsumers(sessionId: string, consumerIds: string[]): Promise<void> {
    return this.#nodeOf(sessionId).resumeConsumers(sessionId, consumerIds);
  }

  async pauseConsumers(sessionId: string, consumerIds: string[]): Promise<void> {
    return this.#nodeOf(sessionId).pauseConsumers(sessionId, consumerIds);
  }

  async setConsumerLayers(sessionId: string, consumerId: string, layers: Layers | null): Promise<void> {
    return this.#nodeOf(sessionId).setConsumerLayers(sessionId, consumerId, layers);
  }

  on<N extends keyof MediaNodeEvents>(name: N, listener: (event: MediaNodeEvents[N]) => void): void {
    for (const node of this.#nodes) node.on(name, listener);
  }

  async close(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.close()));
    for (const relay of [...this.#relays.values()]) this.#forgetRelay(relay);
  }

  /** The node that carries the fewest relays. */
  #choose(): MediaNode {
    return this.#nodes.reduce((best, node) => (this.#loadOf(node) < this.#loadOf(best) ? node : best));
  }

  #loadOf(node: MediaNode): number {
    return this.#load.get(node) ?? 0;
  }

  #count(node: MediaNode, change: 1 | -1): void {
    this.#load.set(node, this.#loadOf(node) + change);
  }

  /** A session is known by its id while it is being opened: it may be closed, or end, before it is open. */
  async #openSession<T>(
    { relayId, sessionId }: { relayId: string; sessionId: string },
    open: (node: MediaNode) => Promise<T>,
  ): Promise<T> {
    const relay = this.#relays.get(relayId);
    if (!relay) throw new MeshliftError('MEDIA_FAILED');
    relay.sessionIds.add(sessionId);
    this.#relayOfSession.set(sessionId, relay);
    try {
      const opened = await open(relay.node);
      if (this.#relayOfSession.get(sessionId) !== relay) throw new MeshliftError('SESSION_NOT_FOUND');
      return opened;
    } catch (error) {
      this.#forgetSession(sessionId);
      throw error;
    }
  }

  #nodeOf(sessionId: string): MediaNode {
    const relay = this.#relayOfSession.get(sessionId);
    if (!relay) throw new MeshliftError('SESSION_NOT_FOUND');
    return relay.node;
  }

  #forgetSession(sessionId: string): void {
    this.#relayOfSession.get(sessionId)?.sessionIds.delete(sessionId);
    this.#relayOfSession.delete(sessionId);
  }

  #forgetRelay(relay: RoutedRelay): void {
    if (this.#relays.get(relay.id) !== relay) return;
    this.#relays.delete(relay.id);
    this.#count(relay.node, -1);
    for (const sessionId of relay.sessionIds) this.#relayOfSession.delete(sessionId);
  }
}
