import type { ConsumerOptions, Layers } from '@meshlift/protocol';
import type { types } from 'mediasoup-client';
import { type PathOptions, RelayTransport } from './relay-transport.ts';

/** Audio comes every 20 ms, and video every 100 at the least; both stop when their publisher pauses them. */
const SILENT_AFTER_MS = 1_000;

/** One track that comes from the relay. */
export interface ReceivedTrack {
  consumerId: string;
  /** Whose track it is. */
  sourceId: string;
  kind: 'audio' | 'video';
  track: MediaStreamTrack;
  receiver: RTCRtpReceiver | undefined;
  /** The publisher has muted it, or switched the camera off. */
  paused: boolean;
  spatialLayers: number;
  temporalLayers: number;
}

/** Watching through the relay: one transport, a consumer for each track. */
export class ReceivePath {
  readonly #relay: RelayTransport;
  readonly #consumers = new Map<string, types.Consumer>();

  readonly #inStep: boolean;

  /**
   * @param inStep whether the browser keeps a source's sound and picture in step. It does so badly after a pause
   *   of the sound: see DECISIONS.md
   */
  constructor(device: types.Device, options: PathOptions, inStep: boolean) {
    this.#inStep = inStep;
    const transport = device.createRecvTransport({
      ...options.transport,
      iceServers: options.connection.iceServers,
    });
    this.#relay = new RelayTransport(transport, options);
    this.#relay.watchSilence(() => {
      const [consumer] = this.#consumers.values();
      return consumer?.rtpReceiver?.getStats();
    }, SILENT_AFTER_MS);
  }

  get consumerIds(): string[] {
    return [...this.#consumers.keys()];
  }

  /** Resolves when media can flow; it takes a first consumer to begin. */
  connected(): Promise<void> {
    return this.#relay.connected();
  }

  check(): void {
    this.#relay.check();
  }

  /** Opens consumers that are not open yet, all in one negotiation, and lets them flow. */
  async open(options: readonly ConsumerOptions[]): Promise<ReceivedTrack[]> {
    const missing = options.filter(({ id }) => !this.#consumers.has(id));
    const received = await Promise.all(missing.map((option) => this.#open(option)));
    if (missing.length > 0)
      await this.#relay.request('consumer:resume', { consumerIds: missing.map(({ id }) => id) });
    return received;
  }

  /** Lets consumers flow that were open already: after a signaling drop in the middle of `open`, or a pause. */
  async resume(consumerIds: string[] = this.consumerIds): Promise<void> {
    if (consumerIds.length > 0) await this.#relay.request('consumer:resume', { consumerIds });
  }

  /** Has nothing of these sent until they are resumed. */
  async pause(consumerIds: string[]): Promise<void> {
    if (consumerIds.length > 0) await this.#relay.request('consumer:pause', { consumerIds });
  }

  async setLayers(consumerId: string, layers: Layers | null): Promise<void> {
    await this.#relay.request('consumer:setLayers', { consumerId, layers });
  }

  closeConsumer(consumerId: string): void {
    this.#consumers.get(consumerId)?.close();
    this.#consumers.delete(consumerId);
  }

  close(): void {
    this.#relay.close();
  }

  async #open({
    id,
    producerId,
    sourceId,
    kind,
    rtpParameters,
    producerPaused,
    spatialLayers,
    temporalLayers,
  }: ConsumerOptions): Promise<ReceivedTrack> {
    const consumer = await this.#relay.transport.consume({
      id,
      producerId,
      kind,
      rtpParameters: rtpParameters as types.RtpParameters,
      // What has a stream in common is played in step.
      streamId: this.#inStep ? sourceId : `${sourceId}-${kind}`,
    });
    this.#consumers.set(id, consumer);
    return {
      consumerId: id,
      sourceId,
      kind,
      track: consumer.track,
      receiver: consumer.rtpReceiver,
      paused: producerPaused,
      spatialLayers,
      temporalLayers,
    };
  }
}
