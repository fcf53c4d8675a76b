import {
  type ConsumerOptions,
  type Layers,
  type MediaKind,
  MeshliftError,
  type RtpCapabilities,
  type RtpParameters,
  type Subscription,
} from '@meshlift/protocol';
import { ortc, type types } from 'mediasoup';
import pLimit from 'p-limit';
import type { Place } from '../cascade/relay-routers.ts';
import type { Track } from '../cascade/track.ts';
import { subscribes } from '../workers/subscription.ts';
import { deliveryOf } from './consumer-counts.ts';
import type { LayerDemand } from './layer-demand.ts';
import { MediaWatch, type Passage } from './media-watch.ts';
import type { Session } from './session.ts';
import type { SessionTransport } from './session-transport.ts';
import { type Slot, WatchedTrack } from './watched-track.ts';

/** What a viewer reports to its relay. */
export interface ViewerListener {
  consumerClosed(consumerId: string): void;
  consumerPaused(consumerId: string, paused: boolean): void;
  consumerLayers(consumerId: string, layers: Layers | null): void;
  /** Media that the viewer is to get has never reached it, or does now. */
  mediaMissing(missing: boolean): void;
}

/** What a viewer can decode and which sources it gets. */
export interface ViewerNeeds {
  rtpCapabilities: RtpCapabilities;
  subscription: Subscription;
  /** For one that comes with an SDP offer; its capabilities then name the payload types to use. */
  slots?: readonly Slot[];
  /**
   * Whether it plays only the tracks that it received when it was opened. When there are others its session ends
   * with `TRACKS_CHANGED`, so that it joins again.
   *
   * @default false
   */
  fixedTracks?: boolean;
}

/** A track that a viewer would watch and cannot decode. */
export interface MissedTrack {
  kind: MediaKind;
  codec: RtpParameters['codecs'][number];
}

/** The tracks of a publisher that comes come one after another; a viewer with fixed tracks rejoins once for all. */
const TRACKS_COMPLETE_AFTER_MS = 1_000;

/** More than a minute; a page sees by itself that its video has begun. */
const MOST_POLLS_WITHOUT_MEDIA = 20;

/** The session of one viewer: one transport and a consumer for each of the relay's producers it can decode. */
export class Viewer implements Session {
  readonly role = 'viewer';
  readonly sessionId: string;
  readonly transport: SessionTransport;
  readonly #place: Place;
  readonly #demand: LayerDemand;
  readonly #subscription: Subscription;
  readonly #rtpCapabilities: types.RtpCapabilities;
  readonly #slots: readonly Slot[] | undefined;
  readonly #fixedTracks: boolean;
  #opened = false;
  #rejoin: NodeJS.Timeout | undefined;
  /** What the viewer has asked for of what comes in a slot: a publisher that comes back does not change that. */
  readonly #chosen = new Map<Slot, Layers | null>();
  readonly #listener: ViewerListener;
  /** By the producer that viewers of this node consume. */
  readonly #tracks = new Map<string, WatchedTrack>();
  readonly #oneAtATime = pLimit(1);
  readonly #watch: MediaWatch;

  constructor(
    options: ViewerNeeds & {
      sessionId: string;
      transport: SessionTransport;
      /** Released when the viewer closes. */
      place: Place;
      demand: LayerDemand;
      listener: ViewerListener;
    },
  ) {
    this.sessionId = options.sessionId;
    this.transport = options.transport;
    this.#place = options.place;
    this.#demand = options.demand;
    this.#subscription = options.subscription;
    this.#rtpCapabilities = options.rtpCapabilities as types.RtpCapabilities;
    this.#slots = options.slots;
    this.#fixedTracks = options.fixedTracks ?? false;
    this.#listener = options.listener;
    this.#watch = new MediaWatch(
      () => this.#passage(),
      options.listener.mediaMissing,
      MOST_POLLS_WITHOUT_MEDIA,
    );
    this.transport.on('flow', (flowing) => {
      if (flowing) this.#watch.start();
    });
  }

  /** Whether this viewer is shown what comes from a source. */
  watches(sourceId: string): boolean {
    return subscribes(this.#subscription, sourceId);
  }

  /** What the client needs to receive each track, as of now. */
  get consumers(): ConsumerOptions[] {
    return [...this.#tracks.values()].map(({ options }) => options);
  }

  /**
   * Consumes the tracks of its sources that are not consumed yet. Consumers of tracks that closed are gone by
   * themselves.
   *
   * @returns the consumers that this call opened
   */
  sync(tracks: () => Track[]): Promise<ConsumerOptions[]> {
    return this.#oneAtATime(async () => {
      const opened: ConsumerOptions[] = [];
      if (this.#fixedTracks && this.#opened) {
        this.#rejoinFor(tracks);
        return opened;
      }
      this.#opened = true;
      for (const track of tracks()) {
        if (!this.#lacks(track) || this.transport.closed) continue;
        const options = await this.#consume(track);
        if (options) opened.push(options);
      }
      // Who waits for a publisher has nothing to connect for yet.
      if (this.#tracks.size > 0) this.transport.expectConnection();
      return opened;
    });
  }

  /**
   * The highest spatial layer of a producer that this viewer may be sent. One that has no consumer of it yet, or has not
   * resumed it yet, is about to: asking early lets the publisher's encoder warm up.
   */
  highestLayer(producerId: string): number {
    return this.#tracks.get(producerId)?.highestLayer ?? Number.POSITIVE_INFINITY;
  }

  consumerOf(producerId: string): types.Consumer | undefined {
    return this.#tracks.get(producerId)?.consumer;
  }

  /** Lets consumers flow, with the layers that were asked for. Unknown ids are ignored. */
  resume(consumerIds: readonly string[]): Promise<void> {
    return this.#setSeen(consumerIds, true);
  }

  /** Sends nothing of these for now. Unknown ids are ignored. */
  pause(consumerIds: readonly string[]): Promise<void> {
    return this.#setSeen(consumerIds, false);
  }

  async setLayers(consumerId: string, layers: Layers | null): Promise<void> {
    const track = [...this.#tracks.values()].find(({ consumer }) => consumer.id === consumerId);
    if (!track) throw new MeshliftError('SESSION_NOT_FOUND', 'This session has no such consumer.');
    if (track.slot) this.#chosen.set(track.slot, layers);
    await track.setLayers(layers);
    this.#demand.refresh();
  }

  close(): void {
    clearTimeout(this.#rejoin);
    this.#watch.close();
    for (const track of this.#tracks.values()) track.close();
    this.transport.close();
    this.#place.release();
  }

  /** What is wanted changes before the worker has answered, so that the publisher's encoder starts meanwhile. */
  async #setSeen(consumerIds: readonly string[], seen: boolean): Promise<void> {
    const named = new Set(consumerIds);
    const changed = [...this.#tracks.values()].filter(({ consumer }) => named.has(consumer.id));
    const changing = changed.map((track) => track.setSeen(seen));
    this.#demand.refresh();
    await Promise.all(changing);
  }

  /** What it watches of these and has no codec for. */
  missed(tracks: Track[]): MissedTrack[] {
    return tracks
      .filter(({ sourceId, producer }) => this.watches(sourceId) && !this.#decodes(producer))
      .flatMap(({ producer }) => {
        const codec = producer.rtpParameters.codecs[0] as RtpParameters['codecs'][number] | undefined;
        return codec ? [{ kind: producer.kind, codec }] : [];
      });
  }

  async #passage(): Promise<Passage> {
    let passage: Passage = 'none expected';
    // One after another: in a large room each of many viewers has a hundred of them, and the first one says enough.
    for (const { consumer } of [...this.#tracks.values()]) {
      if (consumer.paused || consumer.producerPaused) continue;
      const { arrives, sent, reported } = await deliveryOf(consumer);
      // Not every player sends reports, as browsers do: of those with slots it is known only that they were sent media.
      if (reported || (sent && this.#slots)) return 'passes';
      if (arrives) passage = 'missing';
    }
    return passage;
  }

  #lacks({ sourceId, producer }: Track): boolean {
    return this.watches(sourceId) && !this.#tracks.has(producer.id) && !producer.closed;
  }

  /** Ends the session once no more tracks come, if it would have been sent some of them. */
  #rejoinFor(tracks: () => Track[]): void {
    clearTimeout(this.#rejoin);
    if (this.transport.closed) return;
    this.#rejoin = setTimeout(() => {
      const hasMore = tracks().some(
        (track) => this.#lacks(track) && this.#decodes(track.producer) && this.#freeSlot(track.producer.kind),
      );
      if (hasMore) this.transport.end('TRACKS_CHANGED');
    }, TRACKS_COMPLETE_AFTER_MS);
    this.#rejoin.unref();
  }

  #decodes(producer: types.Producer): boolean {
    return ortc.canConsume(producer.consumableRtpParameters, this.#rtpCapabilities);
  }

  #freeSlot(kind: MediaKind): Slot | undefined {
    // That a producer is gone reaches its consumers by way of their worker, and its successor may be here before.
    const open = [...this.#tracks.values()].filter(({ producer }) => !producer.closed);
    const taken = new Set(open.map(({ slot }) => slot));
    return this.#slots?.find((slot) => slot.kind === kind && !taken.has(slot));
  }

  async #consume(track: Track): Promise<ConsumerOptions | undefined> {
    const { producer } = track;
    if (!this.#decodes(producer)) return undefined;
    const slot = this.#freeSlot(producer.kind);
    if (this.#slots && !slot) return undefined;
    let consumer: types.Consumer;
    try {
      consumer = await this.transport.consume({
        producerId: await this.#place.router.feed.carry(producer),
        rtpCapabilities: this.#rtpCapabilities,
        paused: slot === undefined,
        ...(slot && { mid: slot.mid }),
      });
    } catch (error) {
      // A producer that closed meanwhile is no fault, and there is nothing left to consume.
      if (producer.closed) return undefined;
      throw error;
    }
    const watched = new WatchedTrack({ track, consumer, slot });
    this.#tracks.set(producer.id, watched);
    consumer.on('producerclose', () => {
      watched.close();
      this.#tracks.delete(producer.id);
      this.#listener.consumerClosed(consumer.id);
    });
    consumer.on('producerpause', () => this.#listener.consumerPaused(consumer.id, true));
    consumer.on('producerresume', () => this.#listener.consumerPaused(consumer.id, false));
    consumer.on('layerschange', (layers) => {
      this.#demand.refresh();
      this.#listener.consumerLayers(consumer.id, layers ?? null);
    });
    const chosen = slot && this.#chosen.get(slot);
    // One that closed meanwhile has no layers to change.
    if (chosen) await watched.setLayers(chosen).catch(() => undefined);
    return watched.options;
  }
}
