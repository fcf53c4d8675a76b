import { type ConsumerOptions, type Layers, MeshliftError } from '@meshlift/protocol';
import { Emitter } from '../emitter.ts';
import { loadRelay } from '../relay/load-relay.ts';
import type { ReceivedTrack, ReceivePath } from '../relay/receive-path.ts';
import { SessionKeeper } from '../signaling/session-keeper.ts';
import type { SignalingConnection, Welcome } from '../signaling/signaling-connection.ts';

/**
 * `waiting`: the publisher dropped and may come back; after a restart of the server that is waited for two minutes.
 * `reconnecting`: signaling is away; the picture may still play. `ended`: over, with an error that says why.
 */
export type ViewState = 'connecting' | 'live' | 'waiting' | 'reconnecting' | 'ended';

/** What the viewer's network carries, or at most these layers (0 is the smallest picture). */
export type Quality = 'auto' | { spatialLayer: number; temporalLayer?: number };

export interface ViewEvents {
  state: { state: ViewState; error?: MeshliftError };
  viewers: number;
  /** The layers to choose from, or the one being received, have changed. */
  layers: undefined;
  /** The stream is live, but none of its media gets here; undefined when it does. See `View.mediaError`. */
  mediaerror: MeshliftError | undefined;
  /** Sound or picture came or went, or the publisher switched it off or on. */
  tracks: undefined;
}

/** A stream that this page watches. It comes back by itself after a drop, as long as the stream is there. */
export class View extends Emitter<ViewEvents> {
  readonly #connection: SignalingConnection;
  readonly #streamId: string;
  readonly #media = new MediaStream();
  readonly #received = new Map<string, ReceivedTrack>();
  readonly #keeper: SessionKeeper;
  #sessionId = '';
  #path: ReceivePath | undefined;
  #state: ViewState = 'connecting';
  #viewers = 0;
  #quality: Quality = 'auto';
  #currentLayers: Layers | null = null;
  #mediaError: MeshliftError | undefined;

  static async start(
    connection: SignalingConnection,
    welcome: Welcome,
    streamId: string,
    element: HTMLVideoElement,
  ): Promise<View> {
    const view = new View(connection, welcome, streamId, element);
    try {
      await view.#keeper.start();
      return view;
    } catch (error) {
      view.#end();
      throw error;
    }
  }

  private constructor(
    connection: SignalingConnection,
    welcome: Welcome,
    streamId: string,
    element: HTMLVideoElement,
  ) {
    super();
    this.#connection = connection;
    this.#streamId = streamId;
    element.srcObject = this.#media;
    this.#keeper = new SessionKeeper(connection, welcome, {
      join: (welcome) => this.#join(welcome),
      resume: () => this.#resume(),
      reconnecting: (error) => this.#setState('reconnecting', error),
      ended: (error) => this.#end(error),
      absent: () => this.#setState('waiting'),
      leave: () => this.#sayGoodbye(),
    });
  }

  get state(): ViewState {
    return this.#state;
  }

  get viewers(): number {
    return this.#viewers;
  }

  /** Why nothing of a live stream gets here: `MEDIA_MISSING`, with a `reference` that is in the server's log. */
  get mediaError(): MeshliftError | undefined {
    return this.#mediaError;
  }

  /** How this stream reaches the page: through the relay, which can see and hear it. */
  get mode(): 'sfu' {
    return 'sfu';
  }

  /** How many layers there are to choose from; 1 where there is no choice. */
  get layers(): { spatial: number; temporal: number } {
    const video = this.#video;
    return { spatial: video?.spatialLayers ?? 1, temporal: video?.temporalLayers ?? 1 };
  }

  /** The layers being received; `null` when none is, or when there is no choice. */
  get currentLayers(): Layers | null {
    return this.#currentLayers;
  }

  get quality(): Quality {
    return this.#quality;
  }

  /** Whether there is sound that the publisher has not muted. */
  get hasAudio(): boolean {
    return this.#plays('audio');
  }

  /** Whether there is a picture that the publisher has not switched off. */
  get hasVideo(): boolean {
    return this.#plays('video');
  }

  /** Whether the publisher has muted its sound. */
  get audioPaused(): boolean {
    return this.#isPaused('audio');
  }

  /** Whether the publisher has switched its picture off. */
  get videoPaused(): boolean {
    return this.#isPaused('video');
  }

  async setQuality(quality: Quality): Promise<void> {
    this.#quality = quality;
    await this.#applyQuality();
  }

  /** What the browser measures of each track that is received (https://www.w3.org/TR/webrtc-stats/). */
  async getStats(): Promise<RTCStatsReport[]> {
    const receivers = [...this.#received.values()].flatMap(({ receiver }) => receiver ?? []);
    return Promise.all(receivers.map((receiver) => receiver.getStats()));
  }

  /** Stops watching. */
  close(): void {
    this.#end();
  }

  #plays(kind: 'audio' | 'video'): boolean {
    return [...this.#received.values()].some((received) => received.kind === kind && !received.paused);
  }

  #isPaused(kind: 'audio' | 'video'): boolean {
    const received = [...this.#received.values()].filter((received) => received.kind === kind);
    return received.length > 0 && received.every(({ paused }) => paused);
  }

  get #video(): ReceivedTrack | undefined {
    return [...this.#received.values()].find(({ kind }) => kind === 'video');
  }

  async #join({ routerRtpCapabilities }: Welcome): Promise<void> {
    const relay = await loadRelay(routerRtpCapabilities);
    const connection = this.#connection;
    const opened = await connection.request('stream:watch', {
      streamId: this.#streamId,
      rtpCapabilities: relay.rtpCapabilities,
    });
    const { sessionId, transport, consumers, state, viewers } = opened;
    connection.unfollow(this.#sessionId);
    this.#closePath();
    this.#sessionId = sessionId;
    this.#path = relay.receive({ connection, sessionId, transport }, true);
    this.#follow(sessionId);
    this.#setViewers(viewers);
    this.#setMediaError(undefined);
    await this.#open(consumers);
    this.#setState(state);
  }

  #follow(sessionId: string): void {
    this.#connection.follow(sessionId, {
      'stream:state': ({ state }) => this.#setState(state),
      'stream:viewers': ({ viewers }) => this.#setViewers(viewers),
      'consumer:opened': ({ consumer }) => void this.#openOrRejoin(consumer),
      'consumer:closed': ({ consumerId }) => this.#closeConsumer(consumerId),
      'consumer:paused': ({ consumerId, paused }) => this.#setPaused(consumerId, paused),
      'consumer:layers': ({ layers }) => {
        this.#currentLayers = layers;
        this.emit('layers', undefined);
      },
      'session:media': ({ error }) => this.#setMediaError(error && MeshliftError.of(error)),
      'session:closed': ({ error }) => {
        this.#keeper.sessionClosed(MeshliftError.of(error));
      },
    });
  }

  async #open(options: readonly ConsumerOptions[]): Promise<void> {
    const tracks = (await this.#path?.open(options)) ?? [];
    for (const received of tracks) {
      for (const old of this.#media.getTracks()) {
        if (old.kind === received.kind) this.#media.removeTrack(old);
      }
      this.#received.set(received.consumerId, received);
      this.#media.addTrack(received.track);
    }
    if (tracks.length === 0) return;
    this.emit('tracks', undefined);
    this.emit('layers', undefined);
    if (this.#quality !== 'auto') await this.#applyQuality();
  }

  async #openOrRejoin(consumer: ConsumerOptions): Promise<void> {
    try {
      await this.#open([consumer]);
    } catch (error) {
      // Without signaling nothing can be done now; its return finds out what is missing.
      if (MeshliftError.from(error).code !== 'DISCONNECTED') await this.#keeper.rejoin();
    }
  }

  #closeConsumer(consumerId: string): void {
    this.#path?.closeConsumer(consumerId);
    const received = this.#received.get(consumerId);
    if (!received) return;
    this.#received.delete(consumerId);
    this.#media.removeTrack(received.track);
    if (received.kind === 'video') this.#currentLayers = null;
    this.emit('tracks', undefined);
    this.emit('layers', undefined);
  }

  #setPaused(consumerId: string, paused: boolean): void {
    const received = this.#received.get(consumerId);
    if (!received || received.paused === paused) return;
    received.paused = paused;
    this.emit('tracks', undefined);
  }

  async #resume(): Promise<void> {
    const resumed = await this.#connection.request('session:resume', { sessionId: this.#sessionId });
    if (resumed.kind !== 'viewer') return;
    const current = new Set(resumed.consumers.map(({ id }) => id));
    for (const id of [...this.#received.keys()]) if (!current.has(id)) this.#closeConsumer(id);
    for (const { id, producerPaused } of resumed.consumers) this.#setPaused(id, producerPaused);
    this.#setViewers(resumed.viewers);
    await this.#path?.resume();
    await this.#open(resumed.consumers);
    this.#path?.check();
    this.#setState(resumed.state);
  }

  async #applyQuality(): Promise<void> {
    const layers = this.#quality === 'auto' ? null : this.#quality;
    const videos = [...this.#received.values()].filter(({ kind }) => kind === 'video');
    await Promise.all(videos.map(({ consumerId }) => this.#path?.setLayers(consumerId, layers)));
  }

  #closePath(): void {
    for (const id of [...this.#received.keys()]) this.#closeConsumer(id);
    this.#path?.close();
    this.#path = undefined;
  }

  /** By both ways there are, since a page that goes away may not get to the end of either. */
  #sayGoodbye(): void {
    this.#connection.request('session:close', { sessionId: this.#sessionId }).catch(() => undefined);
    this.#path?.close();
  }

  #setViewers(viewers: number): void {
    if (viewers === this.#viewers) return;
    this.#viewers = viewers;
    this.emit('viewers', viewers);
  }

  #setMediaError(error: MeshliftError | undefined): void {
    if (error === this.#mediaError) return;
    this.#mediaError = error;
    this.emit('mediaerror', error);
  }

  #setState(state: ViewState, error?: MeshliftError): void {
    if (this.#state === state || this.#state === 'ended') return;
    this.#state = state;
    this.emit('state', { state, ...(error ? { error } : {}) });
  }

  #end(error?: MeshliftError): void {
    this.#keeper.stop();
    this.#closePath();
    this.#setState('ended', error);
  }
}
