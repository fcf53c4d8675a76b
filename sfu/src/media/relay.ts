import {
  type ConsumerOptions,
  type DtlsParameters,
  type ErrorCode,
  type FailedPath,
  type IceParameters,
  type IngestReport,
  type Layers,
  type MediaKind,
  type MediaNodeEvents,
  MeshliftError,
  type RtpParameters,
  type TransportOptions,
  type WantedLayers,
} from '@meshlift/protocol';
import { ortc, type types } from 'mediasoup';
import { type Place, RelayRouters } from '../cascade/relay-routers.ts';
import { IngestInspector } from '../inspect/ingest-inspector.ts';
import { layersOf, withLayersInOrder } from '../rtp/layers.ts';
import { payloadTypesOf, withPayloadTypes } from '../rtp/payload-types.ts';
import { Traffic } from '../workers/traffic.ts';
import type { WorkerPool } from '../workers/worker-pool.ts';
import { AudienceWatch } from './audience-watch.ts';
import { Ingest } from './ingest.ts';
import { Ingests } from './ingests.ts';
import { LayerDemand } from './layer-demand.ts';
import { ENCODER_PATIENCE, PLAYER_PATIENCE } from './peer-watch.ts';
import { rejectingBadParameters } from './rejection.ts';
import { SessionTransport } from './session-transport.ts';
import { type MissedTrack, Viewer, type ViewerNeeds } from './viewer.ts';
import { Viewers } from './viewers.ts';

/** How a relay tells its node what happens in it. */
export type Notify = <N extends keyof MediaNodeEvents>(name: N, event: MediaNodeEvents[N]) => void;

/** An encoder whose layers are in another order every time has none that could be kept. */
const MOST_REORDERS = 4;

interface OpenedViewer {
  transport: TransportOptions;
  consumers: ConsumerOptions[];
  missed: MissedTrack[];
}

/**
 * What belongs together inside this node, a stream or all of a room: the ingests of its sources, its viewers,
 * and the routers they are on.
 *
 * Closing order: sessions, edges, origin. mediasoup closes pipes and consumers with the routers they are on.
 */
export class Relay {
  readonly id: string;
  readonly #routers: RelayRouters;
  readonly #notify: Notify;
  readonly #traffic: Traffic;
  readonly #ingests = new Ingests();
  readonly #viewers = new Viewers();
  readonly #audience = new AudienceWatch(this.#viewers, this.#ingests);
  readonly #demand: LayerDemand;
  #closed = false;

  /** @throws MeshliftError `SERVER_FULL` */
  static async create(id: string, pool: WorkerPool, notify: Notify): Promise<Relay> {
    const traffic = new Traffic();
    return new Relay(id, await RelayRouters.create(pool, traffic), traffic, notify);
  }

  private constructor(id: string, routers: RelayRouters, traffic: Traffic, notify: Notify) {
    this.id = id;
    this.#routers = routers;
    this.#traffic = traffic;
    this.#notify = notify;
    this.#demand = new LayerDemand(
      (producerId) => this.#highestLayer(producerId),
      (wanted) => this.#announceDemand(wanted),
    );
    routers.origin.router.on('workerclose', () => {
      if (this.#closed) return;
      this.close();
      notify('relayLost', { relayId: id });
    });
  }

  get ingestCount(): number {
    return this.#ingests.count;
  }

  get viewerCount(): number {
    return this.#viewers.count;
  }

  get edgeCount(): number {
    return this.#routers.edgeCount;
  }

  /** The processes that carry this relay: the origin's worker, then those of the edges. */
  async workerPids(): Promise<number[]> {
    return (await this.#routers.all()).map(({ worker }) => worker.pid);
  }

  /**
   * Opens the way in for a source. If media flows from it already, that goes on until the new ingest takes its place:
   * with its first producer, or when `takePlace` is called for one that is inspected.
   *
   * @param options.inspected whether it comes from an encoder, and is looked at for the one who set that up
   */
  async openIngest(
    sessionId: string,
    sourceId: string,
    { inspected = false }: { inspected?: boolean } = {},
  ): Promise<TransportOptions> {
    const patience = inspected ? ENCODER_PATIENCE : undefined;
    const transport = await SessionTransport.create(this.#routers.origin, patience);
    if (this.#closed) {
      transport.close();
      throw new MeshliftError('SESSION_NOT_FOUND');
    }
    const inspector = inspected
      ? new IngestInspector(this.#routers.origin.router, (producer, order) => {
          void this.#reorderLayers(sessionId, producer, order);
        })
      : undefined;
    if (inspector) this.#audience.start();
    const ingest = new Ingest({
      sessionId,
      sourceId,
      transport,
      inspector,
      isWanted: (producerId) => this.#demand.wanted(producerId).spatialLayers.length > 0,
      mediaMissing: this.#mediaMissing(sessionId, 'publisher'),
    });
    this.#ingests.add(ingest);
    transport.on('flow', (flowing) => {
      if (this.#ingests.isCurrent(ingest))
        this.#notify('ingestFlow', { relayId: this.id, sourceId, flowing });
    });
    this.#followEnd(transport, sessionId, 'publisher');
    const before = this.#ingests.currentOf(sourceId);
    if (!inspected && !before?.transport.flowing) this.#takePlace(ingest);
    return transport.options;
  }

  /**
   * Makes an ingest what viewers watch of its source. The one before is closed, with `SESSION_REPLACED`. Repeating
   * it changes nothing.
   *
   * @throws MeshliftError `SESSION_NOT_FOUND`
   */
  takePlace(sessionId: string): void {
    this.#takePlace(this.#ingests.get(sessionId));
  }

  /** @throws MeshliftError `SERVER_FULL`, or `RTP_REJECTED` when the viewer can decode nothing of the stream */
  async openViewer(sessionId: string, needs: ViewerNeeds): Promise<OpenedViewer> {
    const { rtpCapabilities, slots } = needs;
    await rejectingBadParameters(
      () => this.#closed,
      () => ortc.validateAndNormalizeRtpCapabilities(rtpCapabilities as types.RtpCapabilities),
    );
    const payloadTypes = slots && payloadTypesOf(rtpCapabilities);
    const place = await this.#routers.reserve(needs.subscription, payloadTypes);
    let viewer: Viewer | undefined;
    try {
      const transport = await SessionTransport.create(place.router, slots && PLAYER_PATIENCE);
      const decodes = payloadTypes ? withPayloadTypes(rtpCapabilities, payloadTypes) : rtpCapabilities;
      viewer = this.#addViewer(sessionId, transport, place, { ...needs, rtpCapabilities: decodes });
      const consumers = await viewer.sync(() => this.#ingests.producers);
      if (this.#closed || transport.closed) throw new MeshliftError('MEDIA_FAILED');
      const missed = viewer.missed(this.#ingests.producers);
      if (consumers.length === 0 && missed.length > 0 && !slots) {
        throw new MeshliftError('RTP_REJECTED', 'The viewer has no codec in common with the stream.');
      }
      return { transport: transport.options, consumers, missed };
    } catch (error) {
      if (viewer) this.closeSession(sessionId);
      else place.release();
      throw error;
    }
  }

  connectTransport(
    sessionId: string,
    dtlsParameters: DtlsParameters,
    peerIce?: IceParameters,
  ): Promise<void> {
    return this.#session(sessionId).transport.connect(dtlsParameters, peerIce);
  }

  followPeerIce(sessionId: string, peerIce: IceParameters): Promise<TransportOptions | undefined> {
    return this.#session(sessionId).transport.followPeerIce(peerIce);
  }

  restartIce(sessionId: string): Promise<IceParameters> {
    return this.#session(sessionId).transport.restartIce();
  }

  async openProducer(
    sessionId: string,
    options: { kind: MediaKind; rtpParameters: RtpParameters; paused: boolean },
  ): Promise<WantedLayers> {
    const ingest = this.#ingests.get(sessionId);
    const producer = await ingest.openProducer(options);
    if (this.#ingests.isCurrent(ingest)) this.#serve(ingest, [producer]);
    else if (!ingest.isInspected) this.#takePlace(ingest);
    return this.#demand.wanted(producer.id);
  }

  async setProducerPaused(sessionId: string, producerId: string, paused: boolean): Promise<void> {
    const producer = this.#ingests.get(sessionId).producer(producerId);
    await (paused ? producer.pause() : producer.resume());
  }

  closeProducer(sessionId: string, producerId: string): void {
    this.#ingests.get(sessionId).producer(producerId).close();
  }

  inspectIngest(sessionId: string): IngestReport {
    return this.#ingests.get(sessionId).report;
  }

  listWantedLayers(sessionId: string): WantedLayers[] {
    return this.#ingests.get(sessionId).producers.map(({ id }) => this.#demand.wanted(id));
  }

  listConsumers(sessionId: string): ConsumerOptions[] {
    return this.#viewers.get(sessionId).consumers;
  }

  async resumeConsumers(sessionId: string, consumerIds: readonly string[]): Promise<void> {
    const resuming = this.#viewers.get(sessionId).resume(consumerIds);
    this.#demand.refresh();
    await resuming;
  }

  async pauseConsumers(sessionId: string, consumerIds: readonly string[]): Promise<void> {
    const pausing = this.#viewers.get(sessionId).pause(consumerIds);
    this.#demand.refresh();
    await pausing;
  }

  async setConsumerLayers(sessionId: string, consumerId: string, layers: Layers | null): Promise<void> {
    await this.#viewers.get(sessionId).setLayers(consumerId, layers);
    this.#demand.refresh();
  }

  closeSession(sessionId: string): void {
    const ingest = this.#ingests.find(sessionId);
    if (ingest) this.#closeIngest(ingest);
    const viewer = this.#viewers.find(sessionId);
    if (!viewer) return;
    this.#viewers.remove(viewer);
    viewer.close();
    viewer.place.release();
    this.#demand.refresh();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#demand.close();
    this.#audience.close();
    for (const ingest of this.#ingests.all) this.#closeIngest(ingest);
    for (const { sessionId } of this.#viewers.all) this.closeSession(sessionId);
    this.#routers.close();
  }

  #session(sessionId: string): Ingest | Viewer {
    return this.#ingests.find(sessionId) ?? this.#viewers.get(sessionId);
  }

  #takePlace(ingest: Ingest): void {
    const { sessionId, sourceId, transport } = ingest;
    const before = this.#ingests.currentOf(sourceId);
    if (before === ingest) return;
    const wasFlowing = before?.transport.flowing ?? false;
    this.#ingests.setCurrent(ingest);
    if (before) {
      this.#ingests.remove(before);
      before.close();
      this.#notify('sessionClosed', { sessionId: before.sessionId, code: 'SESSION_REPLACED' });
    }
    if (transport.flowing !== wasFlowing) {
      this.#notify('ingestFlow', { relayId: this.id, sourceId, flowing: transport.flowing });
    }
    // Whoever heard of the change may have closed it.
    if (this.#ingests.find(sessionId) === ingest) this.#serve(ingest, ingest.producers);
  }

  /** Lets viewers watch producers of a current ingest. */
  #serve({ sourceId }: Ingest, producers: readonly types.Producer[]): void {
    for (const producer of producers) {
      this.#traffic.add(sourceId, producer);
      this.#demand.track(producer.id, layersOf(producer).spatialLayers);
      producer.observer.once('close', () => this.#demand.untrack(producer.id));
    }
    if (producers.length === 0) return;
    for (const viewer of this.#viewers.all) void this.#offerProducers(viewer);
  }

  #closeIngest(ingest: Ingest): void {
    const { sourceId, transport } = ingest;
    const flowing = this.#ingests.isCurrent(ingest) && transport.flowing;
    this.#ingests.remove(ingest);
    ingest.close();
    if (flowing) this.#notify('ingestFlow', { relayId: this.id, sourceId, flowing: false });
  }

  /** A session ended by itself. */
  #lose(sessionId: string, code: ErrorCode, failedPath?: FailedPath): void {
    this.closeSession(sessionId);
    if (!this.#closed) this.#notify('sessionClosed', { sessionId, code, ...(failedPath && { failedPath }) });
  }

  #followEnd(transport: SessionTransport, sessionId: string, role: FailedPath['role']): void {
    transport.on('end', (code, silent) => this.#lose(sessionId, code, silent && { role, silent }));
    transport.on('abandoned', (silent) =>
      this.#notify('pathAbandoned', { sessionId, failedPath: { role, silent } }),
    );
  }

  #mediaMissing(sessionId: string, role: FailedPath['role']): (missing: boolean) => void {
    return (missing) => {
      if (missing) this.#notify('mediaMissing', { sessionId, failedPath: { role, silent: 'media' } });
      else this.#notify('mediaPasses', { sessionId });
    };
  }

  #addViewer(sessionId: string, transport: SessionTransport, place: Place, needs: ViewerNeeds): Viewer {
    const notify = this.#notify;
    const viewer = new Viewer({
      ...needs,
      sessionId,
      transport,
      place,
      listener: {
        consumerClosed: (consumerId) => notify('consumerClosed', { sessionId, consumerId }),
        consumerPaused: (consumerId, paused) => notify('consumerPaused', { sessionId, consumerId, paused }),
        consumerLayers: (consumerId, layers) => {
          this.#demand.refresh();
          notify('consumerLayers', { sessionId, consumerId, layers });
        },
        mediaMissing: this.#mediaMissing(sessionId, 'viewer'),
      },
    });
    this.#viewers.add(viewer);
    this.#followEnd(transport, sessionId, 'viewer');
    this.#demand.refresh();
    return viewer;
  }

  /**
   * Puts the layers of a producer in another order. mediasoup knows no other way than another producer: viewers have
   * their consumers replaced, as when the publisher comes back.
   */
  async #reorderLayers(sessionId: string, producer: types.Producer, order: readonly number[]): Promise<void> {
    const ingest = this.#ingests.find(sessionId);
    if (!ingest || ingest.reorders >= MOST_REORDERS) return;
    ingest.reorders += 1;
    try {
      const rtpParameters = await withLayersInOrder(producer, order);
      if (producer.closed) return;
      producer.close();
      await this.openProducer(sessionId, {
        kind: producer.kind,
        rtpParameters: rtpParameters as RtpParameters,
        paused: producer.paused,
      });
    } catch {
      // Its transport or its worker broke. Without its video it is of no use: it is told so and comes back.
      if (producer.closed && this.#ingests.find(sessionId) === ingest) this.#lose(sessionId, 'MEDIA_FAILED');
    }
  }

  /** Lets a viewer that is there already see producers that came after it. */
  async #offerProducers(viewer: Viewer): Promise<void> {
    try {
      for (const consumer of await viewer.sync(() => this.#ingests.producers)) {
        this.#notify('consumerOpened', { sessionId: viewer.sessionId, consumer });
      }
      this.#demand.refresh();
    } catch {
      // Its transport or its edge broke; it is told so and joins again.
      if (this.#viewers.find(viewer.sessionId)) this.#lose(viewer.sessionId, 'MEDIA_FAILED');
    }
  }

  #highestLayer(producerId: string): number {
    const source = this.#ingests.ofProducer(producerId)?.sourceId;
    return source === undefined ? -1 : this.#viewers.highestLayer(source, producerId);
  }

  #announceDemand(wanted: WantedLayers): void {
    const ingest = this.#ingests.ofProducer(wanted.producerId);
    if (ingest) this.#notify('layersWanted', { sessionId: ingest.sessionId, ...wanted });
  }
}
