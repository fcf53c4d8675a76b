import { MeshliftError, type StreamLinks } from '@meshlift/protocol';
import { Emitter } from '../emitter.ts';
import type { VideoCodec } from '../relay/encodings.ts';
import { loadRelay } from '../relay/load-relay.ts';
import type { SendPath } from '../relay/send-path.ts';
import { SessionKeeper } from '../signaling/session-keeper.ts';
import { SignalingConnection, type Welcome } from '../signaling/signaling-connection.ts';
import { StreamsApi } from '../signaling/streams-api.ts';

/** `reconnecting`: signaling is away; media may still flow. `ended`: over, with an error that says why. */
export type PublicationState = 'live' | 'reconnecting' | 'ended';

export interface PublicationEvents {
  state: { state: PublicationState; error?: MeshliftError };
  viewers: number;
  /** The stream is live, but no media gets to the server; undefined when it does. See `Publication.mediaError`. */
  mediaerror: MeshliftError | undefined;
  /** The stream has a new ID: everyone who held the old one was dropped. */
  links: StreamLinks;
}

interface Ownership {
  streamId: string;
  publishKey: string;
}

/**
 * A stream that this page publishes. It comes back by itself after a drop, and claims its ID again with its key when
 * the server was restarted and has forgotten it.
 */
export class Publication extends Emitter<PublicationEvents> {
  readonly publishKey: string;
  readonly #api: StreamsApi;
  readonly #codec: VideoCodec;
  readonly #connection: SignalingConnection;
  readonly #keeper: SessionKeeper;
  readonly #tracks = new Map<string, MediaStreamTrack>();
  readonly #paused = new Set<'audio' | 'video'>();
  #links: StreamLinks;
  #sessionId = '';
  #path: SendPath | undefined;
  #viewers = 0;
  #mediaError: MeshliftError | undefined;
  #state: PublicationState = 'reconnecting';

  /** Resolves when media flows. */
  static async start(
    server: string,
    stream: MediaStream,
    codec: VideoCodec,
    owned: Ownership,
  ): Promise<Publication> {
    const { connection, welcome } = await SignalingConnection.open(server);
    const publication = new Publication(new StreamsApi(server), stream, codec, owned, connection, welcome);
    try {
      await publication.#keeper.start();
      return publication;
    } catch (error) {
      publication.#stop();
      throw error;
    }
  }

  private constructor(
    api: StreamsApi,
    stream: MediaStream,
    codec: VideoCodec,
    { streamId, publishKey }: Ownership,
    connection: SignalingConnection,
    welcome: Welcome,
  ) {
    super();
    this.publishKey = publishKey;
    this.#api = api;
    this.#codec = codec;
    this.#connection = connection;
    this.#links = { streamId, watchUrl: '', embedUrl: '', whipUrl: '', whepUrl: '' };
    this.#setTracks(stream);
    this.#keeper = new SessionKeeper(connection, welcome, {
      join: (welcome) => this.#join(welcome),
      resume: () => this.#resume(),
      reconnecting: () => this.#setState('reconnecting'),
      ended: (error) => this.#stop(error),
      leave: () => this.#path?.close(),
    });
  }

  get streamId(): string {
    return this.#links.streamId;
  }

  get watchUrl(): string {
    return this.#links.watchUrl;
  }

  get links(): StreamLinks {
    return this.#links;
  }

  get viewers(): number {
    return this.#viewers;
  }

  get state(): PublicationState {
    return this.#state;
  }

  /** Why nobody sees or hears a stream that is live: `MEDIA_MISSING`, with a `reference` that is in the server's log. */
  get mediaError(): MeshliftError | undefined {
    return this.#mediaError;
  }

  /** Mutes the microphone or switches the camera off, for all viewers. */
  async setPaused(kind: 'audio' | 'video', paused: boolean): Promise<void> {
    if (paused) this.#paused.add(kind);
    else this.#paused.delete(kind);
    await this.#path?.setPaused(kind, paused);
  }

  /** Sends another camera, microphone or screen in place of the one of the same kind. */
  async replaceTrack(track: MediaStreamTrack): Promise<void> {
    this.#tracks.set(track.kind, track);
    await this.#path?.replace(track);
  }

  /**
   * Sends the first audio and video track of another stream in place of what is sent; a kind that it lacks is
   * not sent any longer, which viewers are told. The tracks stay the caller's.
   */
  async replaceStream(stream: MediaStream): Promise<void> {
    this.#setTracks(stream);
    await this.#path?.sendOnly([...this.#tracks.values()], this.#paused);
  }

  /** Gives the stream a new ID and drops everyone who held the old one. */
  async rotate(): Promise<StreamLinks> {
    this.#setLinks(await this.#api.rotate(this.streamId, this.publishKey));
    return this.#links;
  }

  /** Ends the stream for everybody. */
  async end(): Promise<void> {
    this.#stop();
    await this.#api.remove(this.streamId, this.publishKey).catch((error: unknown) => {
      // One that has ended already is what was wanted.
      if (!(error instanceof MeshliftError) || error.code !== 'STREAM_NOT_FOUND') throw error;
    });
  }

  /** Leaves without ending the stream: it waits for its publisher for the grace time. */
  close(): void {
    this.#stop();
  }

  async #join({ routerRtpCapabilities }: Welcome): Promise<void> {
    const relay = await loadRelay(routerRtpCapabilities);
    const connection = this.#connection;
    const { streamId, publishKey } = this;
    const opened = await connection.request('stream:publish', { streamId, publishKey });
    const { sessionId, transport, links, viewers } = opened;
    this.#path?.close();
    connection.unfollow(this.#sessionId);
    this.#sessionId = sessionId;
    const path = relay.send({ connection, sessionId, transport }, this.#codec);
    this.#path = path;
    this.#setViewers(viewers);
    this.#setMediaError(undefined);
    await this.#whileOpen(sessionId, async () => {
      const tracks = [...this.#tracks.values()];
      await path.sendOnly(tracks, this.#paused);
      // A path connects with its first track: one without any connects when there is something to send.
      if (tracks.length > 0) await path.connected();
    });
    this.#setLinks(links);
    this.#setState('live');
  }

  #setTracks(stream: MediaStream): void {
    this.#tracks.clear();
    for (const track of [...stream.getAudioTracks().slice(0, 1), ...stream.getVideoTracks().slice(0, 1)]) {
      this.#tracks.set(track.kind, track);
    }
  }

  /** Runs the rest of joining, which fails if the server closes the session in the middle of it. */
  async #whileOpen(sessionId: string, work: () => Promise<void>): Promise<void> {
    let joining = true;
    const closed = new Promise<never>((_, reject) => {
      this.#connection.follow(sessionId, {
        'stream:viewers': ({ viewers }) => this.#setViewers(viewers),
        'stream:rotated': ({ links }) => this.#setLinks(links),
        'producer:wanted': ({ producerId, spatialLayers }) => {
          void this.#path?.setWantedLayers(producerId, spatialLayers);
        },
        'session:media': ({ error }) => this.#setMediaError(error && MeshliftError.of(error)),
        'session:closed': ({ error }) => {
          const reason = MeshliftError.of(error);
          if (joining) reject(reason);
          else this.#keeper.sessionClosed(reason);
        },
      });
    });
    try {
      await Promise.race([work(), closed]);
    } finally {
      joining = false;
    }
  }

  async #resume(): Promise<void> {
    const resumed = await this.#connection.request('session:resume', { sessionId: this.#sessionId });
    if (resumed.kind !== 'publisher') return;
    this.#setViewers(resumed.viewers);
    this.#setLinks(resumed.links);
    for (const { producerId, spatialLayers } of resumed.wantedLayers) {
      void this.#path?.setWantedLayers(producerId, spatialLayers);
    }
    this.#path?.check();
    this.#setState('live');
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

  #setLinks(links: StreamLinks): void {
    const renamed = links.streamId !== this.#links.streamId;
    this.#links = links;
    if (renamed) this.emit('links', links);
  }

  #setState(state: PublicationState, error?: MeshliftError): void {
    if (this.#state === state || this.#state === 'ended') return;
    this.#state = state;
    this.emit('state', { state, ...(error ? { error } : {}) });
  }

  #stop(error?: MeshliftError): void {
    this.#keeper.stop();
    this.#path?.close();
    this.#setState('ended', error);
  }
}
