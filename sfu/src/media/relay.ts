import {
  type ConsumerOptions,
  type ErrorCode,
  type FailedPath,
  type MediaNodeEvents,
  MeshliftError,
  type WantedLayers,
} from '@meshlift/protocol';
import { ortc, type types } from 'mediasoup';
import { type Place, RelayRouters } from '../cascade/relay-routers.ts';
import { layersOf } from '../rtp/layers.ts';
import { payloadTypesOf, withPayloadTypes } from '../rtp/payload-types.ts';
import { Traffic } from '../workers/traffic.ts';
import type { WorkerPool } from '../workers/worker-pool.ts';
import { AudienceWatch } from './audience-watch.ts';
import { Ingest } from './ingest.ts';
import { Ingests } from './ingests.ts';
import { LayerDemand } from './layer-demand.ts';
import { ENCODER_TIMEOUT, PLAYER_TIMEOUT } from './peer-watch.ts';
import { rejectingBadParameters } from './rejection.ts';
import type { Session } from './session.ts';
import { SessionTransport } from './session-transport.ts';
import { type MissedTrack, Viewer, type ViewerNeeds } from './viewer.ts';
import { Viewers } from './viewers.ts';

/** How a relay notifies its node of what happens in it. */
export type Notify = <N extends keyof MediaNodeEvents>(name: N, event: MediaNodeEvents[N]) => void;

interface IngestNeeds {
  sessionId: string;
  sourceId: string;
  /**
   * Whether it comes from an encoder, and is inspected for the person who set that up.
   *
   * @default false
   */
  inspected?: boolean;
}

interface OpenedViewer {
  viewer: Viewer;
  consumers: ConsumerOptions[];
  missed: MissedTrack[];
}

/**
 * What belongs together inside this node, a stream or all of a room: the ingests of its sources, its viewers, and the
 * routers they are on. It knows who belongs to it and who watches whom; what one session does, the session does itself.
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

  /** @throws MeshliftError `SESSION_NOT_FOUND` unless an ingest of this relay has that id */
  ingest(sessionId: string): Ingest {
    return this.#ingests.get(sessionId);
  }

  /** @throws MeshliftError `SESSION_NOT_FOUND` unless a viewer of this relay has that id */
  viewer(sessionId: string): Viewer {
    return this.#viewers.get(sessionId);
  }

  /** @throws MeshliftError `SESSION_NOT_FOUND` */
  session(sessionId: string): Session {
    return this.#ingests.find(sessionId) ?? this.#viewers.get(sessionId);
  }

  /**
   * Opens an ingest. If media flows from its source already, that goes on until the new ingest takes its place: with
   * its first producer, or when `takePlace` is called for one that is inspected.
   */
  async openIngest({ sessionId, sourceId, inspected = false }: IngestNeeds): Promise<Ingest> {
    const { origin } = this.#routers;
    const transport = await SessionTransport.create(origin, inspected ? ENCODER_TIMEOUT : undefined);
    if (this.#closed) {
      transport.close();
      throw new MeshliftError('SESSION_NOT_FOUND');
    }
    const ingest: Ingest = new Ingest({
      sessionId,
      sourceId,
      transport,
      inspectedOn: inspected ? origin.router : undefined,
      demand: this.#demand,
      listener: {
        producerOpened: (producer) => {
          if (this.#ingests.isCurrent(ingest)) this.#serve(ingest, [producer]);
          else if (!inspected) this.takePlace(ingest);
        },
        mediaMissing: (missing) => this.#reportMissing(ingest, missing),
      },
    });
    if (inspected) this.#audience.start();
    this.#ingests.add(ingest);
    transport.on('flow', (flowing) => {
      if (this.#ingests.isCurrent(ingest)) {
        this.#notify('ingestFlow', { relayId: this.id, sourceId, flowing });
      }
    });
    this.#followEnd(ingest);
    if (!inspected && !this.#ingests.currentOf(sourceId)?.transport.flowing) this.takePlace(ingest);
    return ingest;
  }

  /**
   * Makes an ingest what viewers watch of its source. The one before is closed, with `SESSION_REPLACED`. Idempotent.
   *
   * @throws MeshliftError `SESSION_NOT_FOUND` for one that has been closed
   */
  takePlace(ingest: Ingest): void {
    if (!this.#ingests.has(ingest)) throw new MeshliftError('SESSION_NOT_FOUND');
    const { sourceId, transport } = ingest;
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
    // A listener that was notified of the change may have closed it.
    if (this.#ingests.has(ingest)) this.#serve(ingest, ingest.producers);
  }

  /** @throws MeshliftError `SERVER_FULL`, or `RTP_REJECTED` when the viewer can decode nothing of the stream */
  async openViewer({ sessionId, ...needs }: ViewerNeeds & { sessionId: string }): Promise<OpenedViewer> {
    const { rtpCapabilities, slots } = needs;
    await rejectingBadParameters(
      () => this.#closed,
      () => ortc.validateAndNormalizeRtpCapabilities(rtpCapabilities as types.RtpCapabilities),
    );
    const payloadTypes = slots && payloadTypesOf(rtpCapabilities);
    const place = await this.#routers.reserve(needs.subscription, payloadTypes);
    let viewer: Viewer | undefined;
    try {
      const transport = await SessionTransport.create(place.router, slots && PLAYER_TIMEOUT);
      const decodes = payloadTypes ? withPayloadTypes(rtpCapabilities, payloadTypes) : rtpCapabilities;
      viewer = this.#addViewer(sessionId, transport, place, { ...needs, rtpCapabilities: decodes });
      const consumers = await viewer.sync(() => this.#ingests.producers);
      if (this.#closed || transport.closed) throw new MeshliftError('MEDIA_FAILED');
      const missed = viewer.missed(this.#ingests.producers);
      if (consumers.length === 0 && missed.length > 0 && !slots) {
        throw new MeshliftError('RTP_REJECTED', 'The viewer has no codec in common with the stream.');
      }
      return { viewer, consumers, missed };
    } catch (error) {
      if (viewer) this.closeSession(sessionId);
      else place.release();
      throw error;
    }
  }

  /** Unknown ids are ignored. */
  closeSession(sessionId: string): void {
    const ingest = this.#ingests.find(sessionId);
    if (ingest) this.#closeIngest(ingest);
    const viewer = this.#viewers.find(sessionId);
    if (!viewer) return;
    this.#viewers.remove(viewer);
    viewer.close();
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
  #lose({ sessionId }: Session, code: ErrorCode, failedPath?: FailedPath): void {
    this.closeSession(sessionId);
    if (!this.#closed) this.#notify('sessionClosed', { sessionId, code, ...(failedPath && { failedPath }) });
  }

  #followEnd(session: Session): void {
    const { role, sessionId, transport } = session;
    transport.on('end', (code, silent) => this.#lose(session, code, silent && { role, silent }));
    transport.on('abandoned', (silent) =>
      this.#notify('pathAbandoned', { sessionId, failedPath: { role, silent } }),
    );
  }

  #reportMissing({ role, sessionId }: Session, missing: boolean): void {
    if (missing) this.#notify('mediaMissing', { sessionId, failedPath: { role, silent: 'media' } });
    else this.#notify('mediaPasses', { sessionId });
  }

  #addViewer(sessionId: string, transport: SessionTransport, place: Place, needs: ViewerNeeds): Viewer {
    const notify = this.#notify;
    const viewer: Viewer = new Viewer({
      ...needs,
      sessionId,
      transport,
      place,
      demand: this.#demand,
      listener: {
        consumerClosed: (consumerId) => notify('consumerClosed', { sessionId, consumerId }),
        consumerPaused: (consumerId, paused) => notify('consumerPaused', { sessionId, consumerId, paused }),
        consumerLayers: (consumerId, layers) => notify('consumerLayers', { sessionId, consumerId, layers }),
        mediaMissing: (missing) => this.#reportMissing(viewer, missing),
      },
    });
    this.#viewers.add(viewer);
    this.#followEnd(viewer);
    this.#demand.refresh();
    return viewer;
  }

  /** Lets a viewer that is there already see producers that came after it. */
  async #offerProducers(viewer: Viewer): Promise<void> {
    try {
      for (const consumer of await viewer.sync(() => this.#ingests.producers)) {
        this.#notify('consumerOpened', { sessionId: viewer.sessionId, consumer });
      }
      this.#demand.refresh();
    } catch {
      // Its transport or its edge broke; it is notified and joins again.
      if (this.#viewers.has(viewer)) this.#lose(viewer, 'MEDIA_FAILED');
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
