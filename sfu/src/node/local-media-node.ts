import { EventEmitter } from 'node:events';
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
  type OwnerToken,
  type RtpCapabilities,
  type RtpParameters,
  type SessionDescription,
  type ViewerOpened,
  type ViewerRequest,
  type ViewerTerms,
  type WantedLayers,
} from '@meshlift/protocol';
import type { Logger, Registry } from '@meshlift/telemetry';
import type { Ingest } from '../media/ingest.ts';
import { type Notify, Relay } from '../media/relay.ts';
import type { Session } from '../media/session.ts';
import type { Viewer } from '../media/viewer.ts';
import { servedCapabilities } from '../rtp/codecs.ts';
import { exchangeIce, ingestByOffer, playToOffer } from '../sdp/bridge.ts';
import type { ListenAddress } from '../workers/media-ports.ts';
import type { PortRange } from '../workers/pipe-ports.ts';
import { WorkerPool } from '../workers/worker-pool.ts';
import { Cascade, type CascadeOptions } from './cascade.ts';
import type { Edge } from './edge.ts';
import { registerMediaMetrics } from './media-metrics.ts';
import { RelayFence } from './relay-fence.ts';

/** A relay from another node stays here this long after its last viewer, for those who reload or come next. */
const EDGE_KEPT_MS = 2_000;

export interface LocalMediaNodeOptions {
  /** Number of workers; one per core is a good choice. */
  workers: number;
  /** Where every worker takes media. */
  addresses: readonly ListenAddress[];
  /**
   * The addresses that clients are told, most preferred first, asked for each time. Of each kind that is bound (IPv4,
   * IPv6) only its own are told.
   *
   * @default the addresses that are bound
   */
  announced?: () => readonly string[];
  /** First media port, UDP and TCP; 0 lets each worker choose any. */
  rtcPort: number;
  /**
   * Last media port: each worker then takes the first of the range that is free, and several nodes on a machine can
   * share it.
   *
   * @default none: worker i takes `rtcPort + i` and no other
   */
  rtcLastPort?: number | undefined;
  /**
   * Loopback ports of the pipes between routers: two for each edge.
   *
   * @default of 10000 to 59999 the larger part that is above or below the media ports
   */
  pipePorts?: PortRange | undefined;
  /**
   * How this node and others bring relays to each other.
   *
   * @default it carries its own relays alone
   */
  cascade?: CascadeOptions | undefined;
  /**
   * Share of what is scarce beside the workers that is in use, such as the machine's line. From 1 on nothing new is
   * taken.
   *
   * @default nothing else is
   */
  otherLoad?: (() => number) | undefined;
  logger: Logger;
  registry: Registry;
}

/** The media node of this process: mediasoup workers and the relays on them. */
export class LocalMediaNode implements MediaNode {
  readonly routerRtpCapabilities: RtpCapabilities;
  readonly #pool: WorkerPool;
  readonly #logger: Logger;
  readonly #events = new EventEmitter();
  readonly #relays = new Map<string, Promise<Relay>>();
  readonly #relayOfSession = new Map<string, Relay>();
  /** The same by relay: one that ends is forgotten without a look at the sessions of others. */
  readonly #sessionsInRelay = new Map<string, Set<string>>();
  readonly #edges = new Map<string, Edge>();
  readonly #fence = new RelayFence();
  readonly #cascade: Cascade | undefined;
  readonly #otherLoad: () => number;
  #closed = false;

  static async create(options: LocalMediaNodeOptions): Promise<LocalMediaNode> {
    const pool = await WorkerPool.create({
      count: options.workers,
      addresses: options.addresses,
      announced: options.announced,
      pipePorts: options.pipePorts,
      mediaPorts: { first: options.rtcPort, last: options.rtcLastPort },
      logger: options.logger,
    });
    return new LocalMediaNode(pool, options);
  }

  private constructor(pool: WorkerPool, { logger, registry, cascade, otherLoad }: LocalMediaNodeOptions) {
    this.#pool = pool;
    this.#otherLoad = otherLoad ?? (() => 0);
    this.#logger = logger;
    this.#cascade =
      cascade &&
      new Cascade(cascade, {
        relays: { get: (relayId) => this.#relay(relayId) },
        pipePorts: pool.pipePorts,
      });
    this.routerRtpCapabilities = servedCapabilities();
    registerMediaMetrics(registry, pool, () => this.#liveRelays());
  }

  async openRelay(relayId: string, owner?: OwnerToken): Promise<void> {
    if (this.#closed) throw new MeshliftError('SERVER_CLOSING');
    this.#fence.check(relayId, owner);
    if (this.#relays.has(relayId)) return;
    this.#assertCapacity();
    await this.#addRelay(relayId, Relay.create({ id: relayId, pool: this.#pool, notify: this.#notify }));
  }

  async closeRelay(relayId: string, owner?: OwnerToken): Promise<void> {
    this.#fence.check(relayId, owner);
    const relay = await this.#relays.get(relayId)?.catch(() => undefined);
    if (!relay) return;
    this.#forget(relayId);
    relay.close();
  }

  async openIngest<T extends IngestTerms>(request: IngestRequest<T>): Promise<IngestOpened<T>> {
    const { relayId, sessionId, sourceId, terms } = request;
    this.#fence.check(relayId, request.owner);
    const { offer }: IngestTerms = terms;
    const opened: IngestOpened = await this.#openSession(relayId, sessionId, async (relay) => {
      if (offer !== undefined) {
        return ingestByOffer(relay, { sessionId, sourceId, offer, served: this.routerRtpCapabilities });
      }
      const { transport } = await relay.openIngest({ sessionId, sourceId });
      return { transport: transport.options };
    });
    return opened as IngestOpened<T>;
  }

  async openViewer<T extends ViewerTerms>(request: ViewerRequest<T>): Promise<ViewerOpened<T>> {
    const { relayId, sessionId, subscription, origin } = request;
    this.#assertCapacity();
    if (origin !== undefined) await this.#ensureEdge(relayId, origin);
    const terms: ViewerTerms = request.terms;
    const opened: ViewerOpened = await this.#openSession(relayId, sessionId, async (relay) => {
      if (terms.offer !== undefined) {
        const { offer } = terms;
        return playToOffer(relay, { sessionId, subscription, offer, served: this.routerRtpCapabilities });
      }
      const { rtpCapabilities } = terms;
      const { viewer, consumers } = await relay.openViewer({ sessionId, subscription, rtpCapabilities });
      return { transport: viewer.transport.options, consumers };
    });
    return opened as ViewerOpened<T>;
  }

  async connectTransport(sessionId: string, dtlsParameters: DtlsParameters): Promise<void> {
    await this.#session(sessionId).transport.connect(dtlsParameters);
  }

  async describeSession(sessionId: string): Promise<SessionDescription> {
    const relay = this.#relayOf(sessionId);
    const { role, transport } = relay.session(sessionId);
    const known = { relayId: relay.id, iceUsername: transport.options.iceParameters.usernameFragment };
    if (role === 'viewer') return { ...known, role, consumers: relay.viewer(sessionId).consumers };
    const { sourceId, wantedLayers } = relay.ingest(sessionId);
    return { ...known, role, sourceId, wantedLayers };
  }

  async restartIce(sessionId: string): Promise<IceParameters> {
    return this.#session(sessionId).transport.restartIce();
  }

  async exchangeIce(sessionId: string, fragment: string): Promise<string | null> {
    return exchangeIce(this.#session(sessionId).transport, fragment);
  }

  async closeSession(sessionId: string): Promise<void> {
    this.#relayOfSession.get(sessionId)?.closeSession(sessionId);
    this.#removeSession(sessionId);
  }

  async openProducer(
    sessionId: string,
    producer: { kind: MediaKind; rtpParameters: RtpParameters; paused: boolean },
  ): Promise<WantedLayers> {
    return this.#ingest(sessionId).openProducer(producer);
  }

  async setProducerPaused(sessionId: string, producerId: string, paused: boolean): Promise<void> {
    await this.#ingest(sessionId).setProducerPaused(producerId, paused);
  }

  async closeProducer(sessionId: string, producerId: string): Promise<void> {
    this.#ingest(sessionId).closeProducer(producerId);
  }

  async inspectIngest(sessionId: string): Promise<IngestReport> {
    return this.#ingest(sessionId).report;
  }

  async listWantedLayers(sessionId: string): Promise<WantedLayers[]> {
    return this.#ingest(sessionId).wantedLayers;
  }

  async listConsumers(sessionId: string): Promise<ConsumerOptions[]> {
    return this.#viewer(sessionId).consumers;
  }

  async resumeConsumers(sessionId: string, consumerIds: string[]): Promise<void> {
    await this.#viewer(sessionId).resume(consumerIds);
  }

  async pauseConsumers(sessionId: string, consumerIds: string[]): Promise<void> {
    await this.#viewer(sessionId).pause(consumerIds);
  }

  async setConsumerLayers(sessionId: string, consumerId: string, layers: Layers | null): Promise<void> {
    await this.#viewer(sessionId).setLayers(consumerId, layers);
  }

  /** The worker processes that carry a relay, its origin's first: for tests and diagnosis. */
  async workerPidsOf(relayId: string): Promise<number[]> {
    return (await this.#relay(relayId)).workerPids();
  }

  /** All worker processes that are alive. */
  workerPids(): number[] {
    return this.#pool.workers.map(({ pid }) => pid);
  }

  /** Share of its capacity in use, 0 to 1: of all its workers together, measured, or predicted where that is more. */
  get load(): number {
    const { workers } = this.#pool;
    const inUse = workers.map(({ load, work }) => Math.min(1, Math.max(load.utilisation, work.share)));
    const ofWorkers = inUse.length === 0 ? 1 : inUse.reduce((sum, share) => sum + share, 0) / inUse.length;
    return Math.min(1, Math.max(ofWorkers, this.#otherLoad()));
  }

  on<N extends keyof MediaNodeEvents>(name: N, listener: (event: MediaNodeEvents[N]) => void): void {
    this.#events.on(name, listener);
  }

  /** Another process has ended: its node feeds nobody any more, and needs nothing. */
  forget(process: string): void {
    this.#cascade?.forget(process);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cascade?.close();
    await Promise.all([...this.#relays.keys()].map((relayId) => this.closeRelay(relayId)));
    this.#pool.close();
  }

  readonly #notify: Notify = (name, event) => {
    if ('sessionId' in event && name === 'sessionClosed') this.#removeSession(event.sessionId);
    if ('relayId' in event && name === 'relayLost') this.#forget(event.relayId);
    this.#logger.debug({ event: name, details: event }, 'media event');
    this.#events.emit(name, event);
  };

  /**
   * Opens a session, which is known by its id from the start: one that ends while it is opened, by itself or with its
   * relay, is forgotten as any other, and is not handed out.
   */
  async #openSession<T>(relayId: string, sessionId: string, open: (relay: Relay) => Promise<T>): Promise<T> {
    const relay = await this.#relay(relayId);
    this.#addSession(sessionId, relay);
    try {
      const opened = await open(relay);
      if (this.#relayOfSession.get(sessionId) !== relay) throw new MeshliftError('SESSION_NOT_FOUND');
      return opened;
    } catch (error) {
      relay.closeSession(sessionId);
      if (this.#relayOfSession.get(sessionId) === relay) this.#removeSession(sessionId);
      throw error;
    }
  }

  #assertCapacity(): void {
    if (this.#otherLoad() >= 1) throw new MeshliftError('SERVER_FULL');
  }

  async #addRelay(relayId: string, creating: Promise<Relay>): Promise<void> {
    this.#relays.set(relayId, creating);
    try {
      await creating;
    } catch (error) {
      if (this.#relays.get(relayId) === creating) this.#relays.delete(relayId);
      throw MeshliftError.from(error);
    }
  }

  /** Has a relay here whose origin is in another process: with its first viewer, until some time after its last. */
  async #ensureEdge(relayId: string, origin: string): Promise<void> {
    if (this.#closed) throw new MeshliftError('SERVER_CLOSING');
    const cascade = this.#cascade;
    if (!cascade || origin === cascade.self) return;
    const known = this.#relays.get(relayId);
    if (known) await known;
    else await this.#addRelay(relayId, this.#openEdge(cascade, relayId, origin));
  }

  async #openEdge(cascade: Cascade, relayId: string, origin: string): Promise<Relay> {
    const relay: Relay = await Relay.create({
      id: relayId,
      pool: this.#pool,
      notify: this.#notify,
      edge: { idle: () => this.#closeEdgeLater(relay) },
    });
    try {
      const lost = (ended: boolean) => {
        relay.close({ ended });
        this.#notify('relayLost', { relayId });
      };
      this.#edges.set(relayId, await cascade.openEdge({ relay, origin, lost }));
      // Whoever wanted it may not get it after all.
      this.#closeEdgeLater(relay);
      return relay;
    } catch (error) {
      relay.close();
      throw error;
    }
  }

  #closeEdgeLater(relay: Relay): void {
    const timer = setTimeout(async () => {
      const current = await this.#relays.get(relay.id)?.catch(() => undefined);
      if (current === relay && relay.isIdle) await this.closeRelay(relay.id);
    }, EDGE_KEPT_MS);
    timer.unref();
  }

  async #relay(relayId: string): Promise<Relay> {
    const relay = await this.#relays.get(relayId);
    if (!relay) throw new MeshliftError('MEDIA_FAILED');
    return relay;
  }

  #session(sessionId: string): Session {
    return this.#relayOf(sessionId).session(sessionId);
  }

  #ingest(sessionId: string): Ingest {
    return this.#relayOf(sessionId).ingest(sessionId);
  }

  #viewer(sessionId: string): Viewer {
    return this.#relayOf(sessionId).viewer(sessionId);
  }

  #relayOf(sessionId: string): Relay {
    const relay = this.#relayOfSession.get(sessionId);
    if (!relay) throw new MeshliftError('SESSION_NOT_FOUND');
    return relay;
  }

  /** At once, so that whoever hears that a relay is gone can open it again. */
  #forget(relayId: string): void {
    this.#relays.delete(relayId);
    this.#fence.closed(relayId);
    this.#edges.get(relayId)?.close();
    this.#edges.delete(relayId);
    this.#cascade?.closed(relayId);
    for (const sessionId of this.#sessionsInRelay.get(relayId) ?? []) this.#relayOfSession.delete(sessionId);
    this.#sessionsInRelay.delete(relayId);
  }

  #addSession(sessionId: string, relay: Relay): void {
    this.#relayOfSession.set(sessionId, relay);
    const sessions = this.#sessionsInRelay.get(relay.id) ?? new Set();
    this.#sessionsInRelay.set(relay.id, sessions.add(sessionId));
  }

  #removeSession(sessionId: string): void {
    const relayId = this.#relayOfSession.get(sessionId)?.id;
    this.#relayOfSession.delete(sessionId);
    if (relayId === undefined) return;
    const sessions = this.#sessionsInRelay.get(relayId);
    sessions?.delete(sessionId);
    if (sessions?.size === 0) this.#sessionsInRelay.delete(relayId);
  }

  async #liveRelays(): Promise<Relay[]> {
    const settled = await Promise.allSettled(this.#relays.values());
    return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  }
}
