import {
  type IngestReport,
  type MediaKind,
  MeshliftError,
  type RtpParameters,
  type WantedLayers,
} from '@meshlift/protocol';
import type { types } from 'mediasoup';
import type { ViewerCounts } from '../inspect/decoding-watch.ts';
import { IngestInspector } from '../inspect/ingest-inspector.ts';
import { withLayersInOrder } from '../rtp/layers.ts';
import type { LayerDemand } from './layer-demand.ts';
import { MediaWatch, type Passage } from './media-watch.ts';
import type { Session } from './session.ts';
import type { SessionTransport } from './session-transport.ts';

/**
 * Viewers that need a key frame within this time of each other share one: the publisher is asked at most
 * twice a second, whatever the audience does.
 */
const KEY_FRAME_REQUEST_DELAY_MS = 510;

/** Camera, microphone, screen and its sound, twice. */
const MOST_PRODUCERS = 8;

/** An encoder whose layers are in another order every time has none that could be kept. */
const MOST_REORDERS = 4;

/** What an ingest reports to its relay. */
export interface IngestListener {
  producerOpened(producer: types.Producer): void;
  /** Media that is expected has never arrived, or does now, or is not expected any more. */
  mediaMissing(missing: boolean): void;
}

export interface IngestOptions {
  sessionId: string;
  sourceId: string;
  transport: SessionTransport;
  /** For one that came by an offer: where what its encoder sends is inspected, for the person who set that up. */
  inspectedOn?: types.Router | undefined;
  /** What viewers want of its producers: a publisher that is asked for nothing sends no video. */
  demand: LayerDemand;
  listener: IngestListener;
}

/** The session that brings a relay the media of one source: one transport and the producers on it. */
export class Ingest implements Session {
  readonly role = 'publisher';
  readonly sessionId: string;
  readonly sourceId: string;
  readonly transport: SessionTransport;
  readonly #producers = new Map<string, types.Producer>();
  readonly #inspector: IngestInspector | undefined;
  readonly #demand: LayerDemand;
  readonly #listener: IngestListener;
  readonly #watch: MediaWatch;
  #reorders = 0;

  constructor({ sessionId, sourceId, transport, inspectedOn, demand, listener }: IngestOptions) {
    this.sessionId = sessionId;
    this.sourceId = sourceId;
    this.transport = transport;
    this.#demand = demand;
    this.#listener = listener;
    if (inspectedOn) {
      const reorder = (producer: types.Producer, order: readonly number[]) =>
        void this.#reorderLayers(producer, order);
      this.#inspector = new IngestInspector(inspectedOn, reorder);
    }
    this.#watch = new MediaWatch(() => this.#passage(), listener.mediaMissing);
    transport.expectConnection();
    transport.on('flow', (flowing) => {
      this.#inspector?.setConnected(flowing);
      if (flowing) this.#watch.start();
    });
  }

  /** Whether it came by an offer, which names all it sends at once. */
  get isInspected(): boolean {
    return this.#inspector !== undefined;
  }

  /** What arrives, and what needs fixing; nothing of one that is not inspected. */
  get report(): IngestReport {
    return this.#inspector?.report ?? { tracks: [], findings: [] };
  }

  /** The tracks that viewers are looked at for. */
  get inspectedVideos(): types.Producer[] {
    return this.#inspector ? this.producers.filter(({ kind, paused }) => kind === 'video' && !paused) : [];
  }

  /** What a sample of some viewers of a track has shown. */
  viewersSeen(producerId: string, viewers: readonly ViewerCounts[]): void {
    this.#inspector?.viewersSeen(producerId, viewers);
  }

  get producers(): types.Producer[] {
    return [...this.#producers.values()];
  }

  /** What is wanted now of each of its producers. */
  get wantedLayers(): WantedLayers[] {
    return this.producers.map(({ id }) => this.#demand.wanted(id));
  }

  /**
   * @returns what viewers want of it
   * @throws MeshliftError `RTP_REJECTED`, `WRONG_STATE` past 8 producers, or `SESSION_NOT_FOUND`
   */
  async openProducer(options: {
    kind: MediaKind;
    rtpParameters: RtpParameters;
    paused: boolean;
  }): Promise<WantedLayers> {
    if (this.#producers.size >= MOST_PRODUCERS) {
      throw new MeshliftError('WRONG_STATE', `A session sends at most ${MOST_PRODUCERS} tracks.`);
    }
    const producer = await this.transport.produce({
      kind: options.kind,
      rtpParameters: unnamed(options.rtpParameters) as types.RtpParameters,
      paused: options.paused,
      keyFrameRequestDelay: KEY_FRAME_REQUEST_DELAY_MS,
    });
    this.#producers.set(producer.id, producer);
    producer.observer.once('close', () => this.#producers.delete(producer.id));
    // Before media comes: looking into its packets later would cost a key frame.
    await this.#inspector?.add(producer);
    if (producer.closed) throw new MeshliftError('SESSION_NOT_FOUND');
    this.#listener.producerOpened(producer);
    return this.#demand.wanted(producer.id);
  }

  /** @throws MeshliftError `SESSION_NOT_FOUND` */
  async setProducerPaused(producerId: string, paused: boolean): Promise<void> {
    const producer = this.#producer(producerId);
    await (paused ? producer.pause() : producer.resume());
  }

  /** @throws MeshliftError `SESSION_NOT_FOUND` */
  closeProducer(producerId: string): void {
    this.#producer(producerId).close();
  }

  close(): void {
    this.#watch.close();
    this.#inspector?.close();
    this.transport.close();
  }

  #producer(producerId: string): types.Producer {
    const producer = this.#producers.get(producerId);
    if (!producer) throw new MeshliftError('SESSION_NOT_FOUND', 'This session has no such producer.');
    return producer;
  }

  /**
   * Puts the layers of a producer in another order. mediasoup knows no other way than another producer: viewers have
   * their consumers replaced, as when the publisher comes back.
   */
  async #reorderLayers(producer: types.Producer, order: readonly number[]): Promise<void> {
    if (this.transport.closed || this.#reorders >= MOST_REORDERS) return;
    this.#reorders += 1;
    try {
      const rtpParameters = await withLayersInOrder(producer, order);
      if (producer.closed) return;
      producer.close();
      const { kind, paused } = producer;
      await this.openProducer({ kind, rtpParameters: rtpParameters as RtpParameters, paused });
    } catch {
      // Its transport or its worker broke. Without its video it is of no use: it is notified and comes back.
      if (producer.closed) this.transport.end('MEDIA_FAILED');
    }
  }

  async #passage(): Promise<Passage> {
    if (!this.producers.some((producer) => this.#isSending(producer))) return 'none expected';
    const hasReceived = await this.transport.hasReceivedMedia();
    if (hasReceived === undefined) return 'none expected';
    return hasReceived ? 'passes' : 'missing';
  }

  /** Whether media of a track is to be expected. Encoders send whether anybody watches or not. */
  #isSending({ id, kind, paused }: types.Producer): boolean {
    return !paused && (kind === 'audio' || this.isInspected || this.#isWanted(id));
  }

  #isWanted(producerId: string): boolean {
    return this.#demand.wanted(producerId).spatialLayers.length > 0;
  }
}

/**
 * What viewers may know of a track. Encoders write `user@host` into the CNAME (RFC 7022, section 3) and their own
 * names into the msid; without them mediasoup makes one CNAME at random for all tracks of a session.
 */
function unnamed({ msid: _, rtcp, ...rest }: RtpParameters): RtpParameters {
  return { ...rest, ...(rtcp && { rtcp: { reducedSize: rtcp.reducedSize } }) };
}
