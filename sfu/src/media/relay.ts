import {
  type ConsumerOptions,
  type ErrorCode,
  type FailedPath,
  type MediaNodeEvents,
  MeshliftError,
  type WantedLayers,
} from '@meshlift/protocol';
import { ortc, type types } from 'mediasoup';
import { Branch, type BranchOptions } from '../cascade/branch.ts';
import { type Place, RelayRouters } from '../cascade/relay-routers.ts';
import type { Track } from '../cascade/track.ts';
import { Upstream, type UpstreamOptions } from '../cascade/upstream.ts';
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

export interface RelayOptions {
  id: string;
  pool: WorkerPool;
  notify: Notify;
  /** @default an origin */
  edge?: EdgeOptions | undefined;
}

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

/** Of a relay whose origin is on another node: this one only carries it. */
export interface EdgeOptions {
  /** Nobody here watches it any more, and no other node gets it from here. */
  idle: () => void;
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
 * Several nodes can carry a relay. The ingests are on one of them, its origin; the others are edges, which get its
 * tracks from their upstream. Origin and edges feed further nodes, their branches: an upstream is to a relay what an
 * ingest is, and a branch what a viewer is.
 *
 * Closing order: sessions, branches, upstream, edge routers, origin router. mediasoup closes pipes and consumers with
 * the routers they are on.
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
  readonly #edge: EdgeOptions | undefined;
  readonly #branches = new Set<Branch>();
  #upstream: Upstream | undefined;
  /** What viewers and branches are offered, by its producer here. */
  readonly #served = new Map<string, Track>();
  /** The sources that media flows from. */
  readonly #flowing = new Set<string>();
  #closed = false;

  /** @throws MeshliftError `SERVER_FULL` */
  static async create({ id, pool, notify, edge }: RelayOptions): Promise<Relay> {
    const traffic = new Traffic();
    return new Relay({ id, routers: await RelayRouters.create(pool, traffic), traffic, notify, edge });
  }

  private constructor({
    id,
    routers,
    traffic,
    notify,
    edge,
  }: Omit<RelayOptions, 'pool'> & { routers: RelayRouters; traffic: Traffic }) {
    this.id = id;
    this.#routers = routers;
    this.#traffic = traffic;
    this.#notify = notify;
    this.#edge = edge;
    this.#demand = new LayerDemand({
      measure: (producerId) => this.#highestLayer(producerId),
      announce: (wanted) => this.#announceDemand(wanted),
      letGoAfterMs: edge && 0,
    });
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
          if (this.#ingests.isCurrent(ingest)) this.#serve([{ id: producer.id, sourceId, producer }]);
          else if (!inspected) this.takePlace(ingest);
        },
        mediaMissing: (missing) => this.#reportMissing(ingest, missing),
      },
    });
    if (inspected) this.#audience.start();
    this.#ingests.add(ingest);
    transport.on('flow', (flowing) => {
      if (this.#ingests.isCurrent(ingest)) this.#reportFlow(sourceId, flowing);
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
      this.#reportFlow(sourceId, transport.flowing);
    }
    // A listener that was notified of the change may have closed it.
    if (!this.#ingests.has(ingest)) return;
    this.#serve(ingest.producers.map((producer) => ({ id: producer.id, sourceId, producer })));
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
      const consumers = await viewer.sync(() => this.#tracks);
      if (this.#closed || transport.closed) throw new MeshliftError('MEDIA_FAILED');
      const missed = viewer.missed(this.#tracks);
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
    this.#demandFell();
  }

  /** Whether its origin is on another node. */
  get isEdge(): boolean {
    return this.#edge !== undefined;
  }

  /** Whether nobody watches it here, and no other node gets it from here. */
  get isIdle(): boolean {
    return this.#viewers.count === 0 && this.#branches.size === 0;
  }

  /** Feeds another node. Its tracks are reported as they open, then that it is `ready`. */
  async openBranch(options: Omit<BranchOptions, 'router' | 'demandChanged'>): Promise<Branch> {
    const opened = await Branch.open({
      ...options,
      router: this.#routers.origin.router,
      demandChanged: () => this.#demand.refresh(),
      // The pipe may close before this has heard of the branch.
      closed: (branch) => {
        this.#branches.delete(branch);
        this.#routers.feedsNodes = this.#branches.size > 0;
        options.closed(branch);
        this.#demandFell();
      },
    });
    if (this.#closed) {
      opened.close();
      throw new MeshliftError('MEDIA_FAILED');
    }
    this.#branches.add(opened);
    this.#routers.feedsNodes = true;
    this.#demand.refresh();
    void opened.sync(this.#tracks).then(() => {
      for (const sourceId of this.#flowing) options.send({ name: 'flow', sourceId, flowing: true });
      options.send({ name: 'ready' });
    });
    return opened;
  }

  /** Opens this node's end of a pipe that the relay's tracks come by, in place of the one before. */
  async openUpstream({
    listener,
    ...options
  }: Omit<UpstreamOptions, 'router' | 'listener'> & {
    listener: { closed: (ended: boolean) => void };
  }): Promise<Upstream> {
    const upstream = await Upstream.open({
      ...options,
      router: this.#routers.origin.router,
      listener: {
        trackOpened: (track) => this.#serve([track]),
        flow: (sourceId, flowing) => this.#reportFlow(sourceId, flowing),
        closed: (ended, closed) => {
          if (this.#upstream === closed) this.#upstream = undefined;
          listener.closed(ended);
        },
      },
    });
    if (this.#closed) {
      upstream.close();
      throw new MeshliftError('MEDIA_FAILED');
    }
    this.#upstream?.close();
    this.#upstream = upstream;
    void upstream.ready.then(() => this.#reconcileFlow(upstream));
    return upstream;
  }

  /** What the upstream before has reported to flow does not any more, unless the new one has reported it too. */
  #reconcileFlow(upstream: Upstream): void {
    if (this.#upstream !== upstream) return;
    const flowing = new Set(upstream.flowing);
    for (const sourceId of this.#flowing) if (!flowing.has(sourceId)) this.#reportFlow(sourceId, false);
  }

  /** @param options.ended whether it is over for the nodes that get it from here too: always when this is its origin */
  close({ ended = !this.isEdge }: { ended?: boolean } = {}): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#demand.close();
    this.#audience.close();
    for (const ingest of this.#ingests.all) this.#closeIngest(ingest);
    for (const { sessionId } of this.#viewers.all) this.closeSession(sessionId);
    for (const branch of this.#branches) branch.end(ended);
    this.#upstream?.close();
    this.#routers.close();
  }

  /** What there is to watch. */
  get #tracks(): Track[] {
    return [...this.#ingests.tracks, ...(this.#upstream?.tracks ?? [])];
  }

  #reportFlow(sourceId: string, flowing: boolean): void {
    if (flowing) this.#flowing.add(sourceId);
    else this.#flowing.delete(sourceId);
    this.#notify('ingestFlow', { relayId: this.id, sourceId, flowing });
    for (const branch of this.#branches) branch.reportFlow(sourceId, flowing);
  }

  /** Somebody has left, or needs less. */
  #demandFell(): void {
    this.#demand.refresh();
    if (this.isIdle && !this.#closed) this.#edge?.idle();
  }

  /** Lets viewers and branches have new tracks. */
  #serve(tracks: readonly Track[]): void {
    for (const track of tracks) {
      const { sourceId, producer } = track;
      this.#traffic.add(sourceId, producer);
      this.#served.set(producer.id, track);
      this.#demand.track(producer.id, layersOf(producer).spatialLayers);
      producer.observer.once('close', () => {
        this.#served.delete(producer.id);
        this.#demand.untrack(producer.id);
      });
    }
    if (tracks.length === 0) return;
    for (const viewer of this.#viewers.all) void this.#offerTracks(viewer);
    for (const branch of this.#branches) void branch.sync(this.#tracks);
  }

  #closeIngest(ingest: Ingest): void {
    const { sourceId, transport } = ingest;
    const flowing = this.#ingests.isCurrent(ingest) && transport.flowing;
    this.#ingests.remove(ingest);
    ingest.close();
    if (flowing) this.#reportFlow(sourceId, false);
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

  /** Lets a viewer that is there already see tracks that came after it. */
  async #offerTracks(viewer: Viewer): Promise<void> {
    try {
      for (const consumer of await viewer.sync(() => this.#tracks)) {
        this.#notify('consumerOpened', { sessionId: viewer.sessionId, consumer });
      }
      this.#demand.refresh();
    } catch {
      // Its transport or its edge broke; it is notified and joins again.
      if (this.#viewers.has(viewer)) this.#lose(viewer, 'MEDIA_FAILED');
    }
  }

  #highestLayer(producerId: string): number {
    const track = this.#served.get(producerId);
    if (!track) return -1;
    const below = [...this.#branches].map((branch) => branch.highestLayer(track.id));
    return Math.max(this.#viewers.highestLayer(track.sourceId, producerId), ...below);
  }

  #announceDemand(wanted: WantedLayers): void {
    const ingest = this.#ingests.ofProducer(wanted.producerId);
    if (ingest) this.#notify('layersWanted', { sessionId: ingest.sessionId, ...wanted });
    const track = this.#served.get(wanted.producerId);
    if (track && !ingest) this.#upstream?.want(track.id, wanted.spatialLayers.length - 1);
  }
}
