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
import { RelaySessions } from './relay-sessions.ts';

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
  /** The node of each relay that is open, or being opened. */
  readonly #nodeOfRelay = new Map<string, MediaNode>();
  /** Those that are open, or being opened. */
  readonly #sessions = new RelaySessions();

  /** @param nodes at least one; they are closed with this. All of them route the same codecs */
  constructor(nodes: readonly [MediaNode, ...MediaNode[]]) {
    this.#nodes = nodes;
    this.#load = new Map(nodes.map((node) => [node, 0]));
    this.routerRtpCapabilities = nodes[0].routerRtpCapabilities;
    // Before anybody else listens: whoever hears that something is gone can open it again.
    for (const node of nodes) {
      node.on('sessionClosed', ({ sessionId }) => this.#sessions.remove(sessionId));
      node.on('relayLost', ({ relayId }) => {
        if (this.#nodeOfRelay.get(relayId) === node) this.#forgetRelay(relayId);
      });
    }
  }

  async openRelay(relayId: string): Promise<void> {
    const known = this.#nodeOfRelay.get(relayId);
    if (known) return known.openRelay(relayId);
    const node = this.#choose();
    this.#nodeOfRelay.set(relayId, node);
    this.#count(node, 1);
    try {
      await node.openRelay(relayId);
    } catch (error) {
      if (this.#nodeOfRelay.get(relayId) === node) this.#forgetRelay(relayId);
      throw error;
    }
  }

  async closeRelay(relayId: string): Promise<void> {
    const node = this.#nodeOfRelay.get(relayId);
    this.#forgetRelay(relayId);
    await node?.closeRelay(relayId);
  }

  openIngest<T extends IngestTerms>(request: IngestRequest<T>): Promise<IngestOpened<T>> {
    return this.#openSession(request, (node) => node.openIngest(request));
  }

  openViewer<T extends ViewerTerms>(request: ViewerRequest<T>): Promise<ViewerOpened<T>> {
    return this.#openSession(request, (node) => node.openViewer(request));
  }

  async exchangeIce(sessionId: string, fragment: string): Promise<string | null> {
    return this.#nodeWith(sessionId).exchangeIce(sessionId, fragment);
  }

  async connectTransport(sessionId: string, dtlsParameters: DtlsParameters): Promise<void> {
    return this.#nodeWith(sessionId).connectTransport(sessionId, dtlsParameters);
  }

  async restartIce(sessionId: string): Promise<IceParameters> {
    return this.#nodeWith(sessionId).restartIce(sessionId);
  }

  async closeSession(sessionId: string): Promise<void> {
    const node = this.#findNodeWith(sessionId);
    this.#sessions.remove(sessionId);
    await node?.closeSession(sessionId);
  }

  async openProducer(
    sessionId: string,
    producer: { kind: MediaKind; rtpParameters: RtpParameters; paused: boolean },
  ): Promise<WantedLayers> {
    return this.#nodeWith(sessionId).openProducer(sessionId, producer);
  }

  async setProducerPaused(sessionId: string, producerId: string, paused: boolean): Promise<void> {
    return this.#nodeWith(sessionId).setProducerPaused(sessionId, producerId, paused);
  }

  async closeProducer(sessionId: string, producerId: string): Promise<void> {
    return this.#nodeWith(sessionId).closeProducer(sessionId, producerId);
  }

  async inspectIngest(sessionId: string): Promise<IngestReport> {
    return this.#nodeWith(sessionId).inspectIngest(sessionId);
  }

  async listWantedLayers(sessionId: string): Promise<WantedLayers[]> {
    return this.#nodeWith(sessionId).listWantedLayers(sessionId);
  }

  async listConsumers(sessionId: string): Promise<ConsumerOptions[]> {
    return this.#nodeWith(sessionId).listConsumers(sessionId);
  }

  async resumeConsumers(sessionId: string, consumerIds: string[]): Promise<void> {
    return this.#nodeWith(sessionId).resumeConsumers(sessionId, consumerIds);
  }

  async pauseConsumers(sessionId: string, consumerIds: string[]): Promise<void> {
    return this.#nodeWith(sessionId).pauseConsumers(sessionId, consumerIds);
  }

  async setConsumerLayers(sessionId: string, consumerId: string, layers: Layers | null): Promise<void> {
    return this.#nodeWith(sessionId).setConsumerLayers(sessionId, consumerId, layers);
  }

  on<N extends keyof MediaNodeEvents>(name: N, listener: (event: MediaNodeEvents[N]) => void): void {
    for (const node of this.#nodes) node.on(name, listener);
  }

  async close(): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.close()));
    this.#nodeOfRelay.clear();
    this.#sessions.clear();
    for (const node of this.#nodes) this.#load.set(node, 0);
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
    const node = this.#nodeOfRelay.get(relayId);
    if (!node) throw new MeshliftError('MEDIA_FAILED');
    this.#sessions.add(sessionId, relayId);
    try {
      const opened = await open(node);
      if (!this.#sessions.has(sessionId)) throw new MeshliftError('SESSION_NOT_FOUND');
      return opened;
    } catch (error) {
      this.#sessions.remove(sessionId);
      throw error;
    }
  }

  #findNodeWith(sessionId: string): MediaNode | undefined {
    const relayId = this.#sessions.relayOf(sessionId);
    return relayId === undefined ? undefined : this.#nodeOfRelay.get(relayId);
  }

  #nodeWith(sessionId: string): MediaNode {
    const node = this.#findNodeWith(sessionId);
    if (!node) throw new MeshliftError('SESSION_NOT_FOUND');
    return node;
  }

  #forgetRelay(relayId: string): void {
    const node = this.#nodeOfRelay.get(relayId);
    if (!node) return;
    this.#nodeOfRelay.delete(relayId);
    this.#count(node, -1);
    this.#sessions.removeRelay(relayId);
  }
}
