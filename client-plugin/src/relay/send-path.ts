import { FIRST_BANDWIDTH_ESTIMATE } from '@meshlift/protocol/bandwidth';
import type { types } from 'mediasoup-client';
import { encodingsFor, isScreen, type VideoCodec } from './encodings.ts';
import { type PathOptions, RelayTransport } from './relay-transport.ts';

/** How much of the video is sent: all layers that are wanted, the smallest of them, or none. */
export type VideoExtent = 'all' | 'smallest' | 'none';

/** A relay that is sent media reports what it gets more than once a second. */
const SILENT_AFTER_MS = 2_000;

/** Publishing to the relay: one transport, a producer for each track. */
export class SendPath {
  readonly #relay: RelayTransport;
  readonly #videoCodec: VideoCodec;
  readonly #codec: types.RtpCodecCapability | undefined;
  readonly #producers = new Map<string, types.Producer>();
  /** The last wish for each producer, kept also while its producer is being set up. */
  readonly #wanted = new Map<string, readonly number[]>();
  #applying: Promise<void> = Promise.resolve();
  #extent: VideoExtent;

  /** @param codec for video; the browser's own preference where it cannot send this one */
  constructor(device: types.Device, options: PathOptions, codec: VideoCodec, extent: VideoExtent = 'all') {
    this.#extent = extent;
    this.#codec = device.sendRtpCapabilities.codecs?.find(
      ({ mimeType }) => mimeType.toLowerCase() === `video/${codec.toLowerCase()}`,
    );
    this.#videoCodec = codec;
    const transport = device.createSendTransport({
      ...options.transport,
      iceServers: options.connection.iceServers,
    });
    this.#relay = new RelayTransport(transport, options);
    this.#relay.watchSilence(() => {
      const [producer] = this.#producers.values();
      return producer?.rtpSender?.getStats();
    }, SILENT_AFTER_MS);
    transport.on('produce', ({ kind, rtpParameters, appData }, done, failed) => {
      const { paused } = appData as { paused: boolean };
      this.#relay
        .request('producer:open', { kind, rtpParameters, paused } as OpenProducer)
        .then(({ producerId, spatialLayers }) => {
          if (!this.#wanted.has(producerId)) this.#wanted.set(producerId, spatialLayers);
          done({ id: producerId });
        }, failed);
    });
  }

  connected(): Promise<void> {
    return this.#relay.connected();
  }

  check(): void {
    this.#relay.check();
  }

  async add(track: MediaStreamTrack, paused: boolean): Promise<void> {
    const producer = await this.#relay.transport.produce({
      track,
      // The page owns its tracks: it goes on showing a preview after this path is closed.
      stopTracks: false,
      // What is paused has no active encoding (see `#apply`). Left to mediasoup-client, a pause would renegotiate, and
      // Chromium would send every layer after it, those included that nobody watches.
      disableTrackOnPause: false,
      zeroRtpOnPause: false,
      ...(track.kind === 'video'
        ? {
            codec: this.#codec,
            encodings: encodingsFor(this.#videoCodec, track).map((encoding, layer, all) => ({
              ...encoding,
              active: this.#allows(layer, all.length, track),
            })),
            codecOptions: { videoGoogleStartBitrate: FIRST_BANDWIDTH_ESTIMATE / 1_000 },
          }
        : { codecOptions: { opusStereo: true, opusFec: true } }),
      appData: { paused },
    });
    this.#producers.set(producer.id, producer);
    if (paused) producer.pause();
    await this.#apply(producer.id);
  }

  /** Replaces the track that is being sent of the same kind; viewers keep watching. */
  async replace(track: MediaStreamTrack): Promise<void> {
    const producer = this.#of(track.kind);
    if (producer) await this.#replace(producer, track);
    else await this.add(track, false);
  }

  /** Sends just these tracks, one of each kind; what else was sent is not any longer. */
  async sendOnly(tracks: readonly MediaStreamTrack[], paused: ReadonlySet<string>): Promise<void> {
    for (const producer of this.#producers.values()) {
      if (producer.closed || tracks.some(({ kind }) => kind === producer.kind)) continue;
      producer.close();
      await this.#relay.request('producer:close', { producerId: producer.id });
    }
    for (const track of tracks) {
      const producer = this.#of(track.kind);
      if (!producer) await this.add(track, paused.has(track.kind));
      else if (producer.track !== track) await this.#replace(producer, track);
    }
  }

  async setPaused(kind: 'audio' | 'video', paused: boolean): Promise<void> {
    const producer = this.#of(kind);
    if (!producer) return;
    const changed = producer.paused !== paused;
    if (changed && paused) producer.pause();
    if (changed && !paused) producer.resume();
    await this.#relay.request('producer:setPaused', { producerId: producer.id, paused });
    if (changed) await this.#apply(producer.id);
  }

  /** Sends just these spatial layers: what nobody watches costs neither encoder nor uplink. */
  async setWantedLayers(producerId: string, spatialLayers: readonly number[]): Promise<void> {
    this.#wanted.set(producerId, spatialLayers);
    await this.#apply(producerId);
  }

  /** Keeps the video to so much, whatever is wanted, until it is told otherwise. */
  async limit(extent: VideoExtent): Promise<void> {
    this.#extent = extent;
    await Promise.all([...this.#producers.keys()].map((producerId) => this.#apply(producerId)));
  }

  /**
   * Has the browser find out whether its uplink carries so many bits a second: that one copy passes says nothing
   * about room for several. Chromium sends a short burst whenever more may be sent than it knows to be possible;
   * that more may be sent is taken back at once.
   */
  probe(bps: number): Promise<void> {
    return this.#change('video', async (sender) => {
      const usual = sender.getParameters().encodings.findLast(({ active }) => active)?.maxBitrate;
      if (usual === undefined) return;
      // It must be a change, even where less would do.
      for (const maxBitrate of [Math.max(Math.ceil(bps), 1.1 * usual), usual]) {
        const parameters = sender.getParameters();
        const largest = parameters.encodings.findLast(({ active }) => active);
        if (largest) largest.maxBitrate = maxBitrate;
        await sender.setParameters(parameters);
      }
    });
  }

  /** What the browser counts of everything that is sent here. */
  stats(): Promise<RTCStatsReport> {
    return this.#relay.transport.getStats();
  }

  close(): void {
    this.#relay.close();
  }

  #of(kind: string): types.Producer | undefined {
    return [...this.#producers.values()].find((producer) => producer.kind === kind && !producer.closed);
  }

  /** A camera and a screen are sent in different layers. */
  async #replace(producer: types.Producer, track: MediaStreamTrack): Promise<void> {
    await producer.replaceTrack({ track });
    await this.#apply(producer.id);
  }

  async #change(kind: string, change: (sender: RTCRtpSender) => Promise<void>): Promise<void> {
    this.#applying = this.#afterwards(async () => {
      const sender = this.#of(kind)?.rtpSender;
      if (sender && !this.#relay.transport.closed) await change(sender);
    });
    return this.#applying;
  }

  /** What failed once must not keep from what comes after it. */
  #afterwards(work: () => Promise<void>): Promise<void> {
    return this.#applying.catch(() => undefined).then(work);
  }

  /** One at a time: a sender's parameters may only be set as they were last read (WebRTC, section 5.2). */
  #apply(producerId: string): Promise<void> {
    this.#applying = this.#afterwards(async () => {
      const producer = this.#producers.get(producerId);
      const sender = producer?.rtpSender;
      const wanted = this.#wanted.get(producerId);
      if (!sender || !wanted || this.#relay.transport.closed) return;
      const parameters = sender.getParameters();
      const { encodings } = parameters;
      const whole = isScreen(producer.track) || this.#extent === 'smallest';
      const isSent = (layer: number) =>
        !producer.paused &&
        (whole ? wanted.length > 0 : wanted.includes(layer)) &&
        this.#allows(layer, encodings.length, producer.track);
      if (encodings.every(({ active }, layer) => active === isSent(layer))) return;
      for (const [layer, encoding] of encodings.entries()) encoding.active = isSent(layer);
      await sender.setParameters(parameters);
    });
    return this.#applying;
  }

  /** Of a screen only the largest layer is ever sent. */
  #allows(layer: number, layers: number, track: MediaStreamTrack | null): boolean {
    if (track?.kind !== 'video') return true;
    if (this.#extent === 'none') return false;
    if (isScreen(track)) return layer === layers - 1;
    return this.#extent === 'all' || layer === 0;
  }
}

type OpenProducer = Parameters<RelayTransport['request']>[1] & {
  kind: 'audio' | 'video';
  rtpParameters: never;
  paused: boolean;
};
