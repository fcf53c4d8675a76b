import type { types } from 'mediasoup-client';
import { type PathOptions, RelayTransport } from './relay-transport.ts';

/**
 * Three spatial layers, each half as wide as the next, in bit/s. `L1T3`: each carries three temporal layers,
 * so that a viewer's frame rate can fall before its picture gets smaller.
 */
const SIMULCAST: types.RtpEncodingParameters[] = [
  { rid: 'r0', scaleResolutionDownBy: 4, maxBitrate: 180_000, scalabilityMode: 'L1T3' },
  { rid: 'r1', scaleResolutionDownBy: 2, maxBitrate: 600_000, scalabilityMode: 'L1T3' },
  { rid: 'r2', scaleResolutionDownBy: 1, maxBitrate: 2_500_000, scalabilityMode: 'L1T3' },
];

/** The same three layers inside one stream, each spatial layer decodable without those above it. */
const SVC: types.RtpEncodingParameters[] = [{ maxBitrate: 2_500_000, scalabilityMode: 'L3T3_KEY' }];

/**
 * One size at three frame rates. mediasoup knows no AV1 simulcast, and does not hand viewers the dependency
 * descriptor that a browser needs to put spatial layers of AV1 together.
 */
const ONE_SIZE: types.RtpEncodingParameters[] = [{ maxBitrate: 2_500_000, scalabilityMode: 'L1T3' }];

/** Codecs a publisher can choose from; `VP8` is what every browser can send in layers and decode. */
export type VideoCodec = 'VP8' | 'VP9' | 'H264' | 'AV1';

const ENCODINGS: Record<VideoCodec, types.RtpEncodingParameters[]> = {
  VP8: SIMULCAST,
  H264: SIMULCAST,
  VP9: SVC,
  AV1: ONE_SIZE,
};

/**
 * Where the browser's estimate of the uplink starts, in kbit/s: enough to switch all three layers on at once.
 * From lower down the largest takes seconds to appear, each time after nobody has watched.
 */
const START_KBPS = 2_000;

/** Publishing to the relay: one transport, a producer for each track. */
export class SendPath {
  readonly #relay: RelayTransport;
  readonly #codec: types.RtpCodecCapability | undefined;
  readonly #encodings: types.RtpEncodingParameters[];
  readonly #producers = new Map<string, types.Producer>();
  /** The last wish for each producer, kept also while its producer is being set up. */
  readonly #wanted = new Map<string, readonly number[]>();
  #applying: Promise<void> = Promise.resolve();

  /** @param codec for video; the browser's own preference where it cannot send this one */
  constructor(device: types.Device, options: PathOptions, codec: VideoCodec) {
    this.#codec = device.sendRtpCapabilities.codecs?.find(
      ({ mimeType }) => mimeType.toLowerCase() === `video/${codec.toLowerCase()}`,
    );
    this.#encodings = ENCODINGS[codec];
    const transport = device.createSendTransport({ ...options.transport, iceServers: options.iceServers });
    this.#relay = new RelayTransport(transport, options);
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
      disableTrackOnPause: false,
      zeroRtpOnPause: true,
      ...(track.kind === 'video'
        ? {
            codec: this.#codec,
            encodings: this.#encodings,
            codecOptions: { videoGoogleStartBitrate: START_KBPS },
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
    if (paused) producer.pause();
    else producer.resume();
    await this.#relay.request('producer:setPaused', { producerId: producer.id, paused });
  }

  /** Sends just these spatial layers: what nobody watches costs neither encoder nor uplink. */
  async setWantedLayers(producerId: string, spatialLayers: readonly number[]): Promise<void> {
    this.#wanted.set(producerId, spatialLayers);
    await this.#apply(producerId);
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

  /** One at a time: a sender's parameters may only be set as they were last read (WebRTC, section 5.2). */
  #apply(producerId: string): Promise<void> {
    this.#applying = this.#applying.then(async () => {
      const producer = this.#producers.get(producerId);
      const sender = producer?.rtpSender;
      const wanted = this.#wanted.get(producerId);
      if (!sender || !wanted || this.#relay.transport.closed) return;
      const parameters = sender.getParameters();
      const { encodings } = parameters;
      const sent = isScreen(producer.track) && wanted.length > 0 ? [encodings.length - 1] : wanted;
      if (encodings.every(({ active }, layer) => active === sent.includes(layer))) return;
      for (const [layer, encoding] of encodings.entries()) encoding.active = sent.includes(layer);
      await sender.setParameters(parameters);
    });
    return this.#applying;
  }
}

/**
 * A screen is sent in its full size alone, so that a narrow network makes it slower and never blurred: text
 * of a quarter of its size cannot be read.
 */
function isScreen(track: MediaStreamTrack | null): boolean {
  if (track?.kind !== 'video') return false;
  return ['detail', 'text'].includes(track.contentHint) || track.getSettings().displaySurface !== undefined;
}

type OpenProducer = Parameters<RelayTransport['request']>[1] & {
  kind: 'audio' | 'video';
  rtpParameters: never;
  paused: boolean;
};
