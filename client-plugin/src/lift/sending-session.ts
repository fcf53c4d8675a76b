import type { MediaKind } from '@meshlift/protocol';
import { loadRelay } from '../relay/load-relay.ts';
import type { SendPath, VideoExtent } from '../relay/send-path.ts';
import { RelaySession, type RelaySessionContext, type RelaySessionEvents } from './relay-session.ts';

/** What a participant sends. */
export interface OutgoingMedia {
  readonly tracks: readonly MediaStreamTrack[];
  /** Kinds that are muted or switched off. */
  readonly paused: ReadonlySet<MediaKind>;
}

/** This page's way into its room's relay. */
export class SendingSession extends RelaySession<RelaySessionEvents> {
  readonly #media: OutgoingMedia;
  #path: SendPath | undefined;
  #extent: VideoExtent;

  /** @param media read again whenever something of it is applied */
  constructor(context: RelaySessionContext, media: OutgoingMedia, extent: VideoExtent) {
    super(context);
    this.#media = media;
    this.#extent = extent;
  }

  override connected(): Promise<void> {
    return this.open();
  }

  /** See `SendPath.limit`. */
  async limit(extent: VideoExtent): Promise<void> {
    this.#extent = extent;
    await this.#path?.limit(extent);
  }

  /** Sends what there is to send now. While it opens, this is done afterwards. */
  async applyMedia(): Promise<void> {
    await this.open();
    await this.#path?.sendOnly(this.#media.tracks, this.#media.paused);
  }

  async setPaused(kind: MediaKind, paused: boolean): Promise<void> {
    await this.open();
    await this.#path?.setPaused(kind, paused);
  }

  /** See `SendPath.probe`. */
  async probe(bps: number): Promise<void> {
    await this.#path?.probe(bps);
  }

  /** Statistics of what is sent, by the browser's account; undefined until it is open. */
  async stats(): Promise<RTCStatsReport | undefined> {
    return this.#path?.stats();
  }

  override async resume(): Promise<void> {
    await this.open();
    const resumed = await this.connection.request('session:resume', { sessionId: this.sessionId });
    if (resumed.kind === 'sender') {
      for (const { producerId, spatialLayers } of resumed.wantedLayers) {
        void this.#path?.setWantedLayers(producerId, spatialLayers);
      }
    }
    this.#path?.check();
  }

  protected override async establish(): Promise<void> {
    const { connection, welcome } = this;
    const relay = await loadRelay(welcome.routerRtpCapabilities);
    const { sessionId, transport } = await connection.request('room:send', {
      sessionId: this.participantSession,
    });
    const lost = this.adopt(sessionId, {
      'producer:wanted': ({ producerId, spatialLayers }) => {
        void this.#path?.setWantedLayers(producerId, spatialLayers);
      },
    });
    const path = relay.send({ connection, sessionId, transport }, 'VP8', this.#extent);
    this.#path = path;
    const { tracks, paused } = this.#media;
    // The way connects with its first track: who sends nothing cannot know more of it.
    const sending = path
      .sendOnly(tracks, paused)
      .then(() => (tracks.length > 0 ? path.connected() : undefined));
    await Promise.race([sending, lost]);
  }

  protected override release(): void {
    this.#path?.close();
  }
}
