import { type ConsumerOptions, MeshliftError } from '@meshlift/protocol';
import { Emitter } from '../emitter.ts';
import { loadRelay } from '../relay/load-relay.ts';
import type { ReceivedTrack, ReceivePath } from '../relay/receive-path.ts';
import type { SendPath } from '../relay/send-path.ts';
import type { SignalingConnection, Welcome } from '../signaling/signaling-connection.ts';

/** A participant's track as it comes over a path. */
export interface PathTrack {
  participantId: string;
  track: MediaStreamTrack;
}

export interface RelayPathEvents {
  track: PathTrack;
  trackgone: PathTrack;
  /** The relay has closed this path, or it broke and cannot be mended. */
  failed: MeshliftError;
}

/** A room's media over the relay: one transport for what is sent, one for what everybody else sends. */
export class RelayPath extends Emitter<RelayPathEvents> {
  readonly #connection: SignalingConnection;
  readonly #roomSession: string;
  readonly #received = new Map<string, ReceivedTrack>();
  #send: SendPath | undefined;
  #receive: ReceivePath | undefined;
  #mediaSessions: string[] = [];
  #opening: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(connection: SignalingConnection, roomSession: string) {
    super();
    this.#connection = connection;
    this.#roomSession = roomSession;
  }

  /** What everybody else sends, as far as it has come. */
  get tracks(): PathTrack[] {
    return [...this.#received.values()].map(({ sourceId, track }) => ({ participantId: sourceId, track }));
  }

  /**
   * Opens both ways and sends the tracks. Resolves when the way in is connected and every track that others
   * send has been asked for; the way out connects with the first of them.
   *
   * @param paused kinds that are muted or switched off
   * @throws MeshliftError whatever stood in the way; the path is closed then
   */
  open(welcome: Welcome, tracks: readonly MediaStreamTrack[], paused: ReadonlySet<string>): Promise<void> {
    this.#opening = this.#open(welcome, tracks, paused);
    return this.#opening;
  }

  async #open(
    welcome: Welcome,
    tracks: readonly MediaStreamTrack[],
    paused: ReadonlySet<string>,
  ): Promise<void> {
    try {
      const relay = await loadRelay(welcome.routerRtpCapabilities);
      const { iceServers } = welcome;
      const connection = this.#connection;
      const [sending, receiving] = await Promise.all([
        connection.request('room:send', { sessionId: this.#roomSession }),
        connection.request('room:receive', {
          sessionId: this.#roomSession,
          rtpCapabilities: relay.rtpCapabilities,
        }),
      ]);
      if (this.#closed) throw new MeshliftError('WRONG_STATE', 'The path was closed while it opened.');
      this.#mediaSessions = [sending.sessionId, receiving.sessionId];
      const send = relay.send({ connection, iceServers, ...sending }, 'VP8');
      const receive = relay.receive({ connection, iceServers, ...receiving });
      this.#send = send;
      this.#receive = receive;
      const lost = this.#follow(sending.sessionId, receiving.sessionId);
      const opening = Promise.all([
        ...tracks.map((track) => send.add(track, paused.has(track.kind))),
        this.#openConsumers(receiving.consumers),
      ]).then(() => (tracks.length > 0 ? send.connected() : undefined));
      await Promise.race([opening, lost]);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Sends just these tracks, one of each kind. While the path opens, it is done afterwards. */
  async send(tracks: readonly MediaStreamTrack[], paused: ReadonlySet<string>): Promise<void> {
    await this.#opening;
    await this.#send?.sendOnly(tracks, paused);
  }

  async setPaused(kind: 'audio' | 'video', paused: boolean): Promise<void> {
    await this.#opening;
    await this.#send?.setPaused(kind, paused);
  }

  /** Signaling is back on another connection: takes both sessions over. @throws MeshliftError if they are gone */
  async resume(): Promise<void> {
    for (const sessionId of this.#mediaSessions) {
      const resumed = await this.#connection.request('session:resume', { sessionId });
      if (resumed.kind === 'sender') {
        for (const { producerId, spatialLayers } of resumed.wantedLayers) {
          void this.#send?.setWantedLayers(producerId, spatialLayers);
        }
      }
      if (resumed.kind === 'receiver') {
        const current = new Set(resumed.consumers.map(({ id }) => id));
        for (const id of [...this.#received.keys()]) if (!current.has(id)) this.#closeConsumer(id);
        await this.#receive?.resumeAll();
        await this.#openConsumers(resumed.consumers);
      }
    }
    this.#send?.check();
    this.#receive?.check();
  }

  /** Frees both ways, here and, if signaling is up, on the server. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const sessionId of this.#mediaSessions) {
      this.#connection.unfollow(sessionId);
      this.#connection.request('session:close', { sessionId }).catch(() => undefined);
    }
    this.#send?.close();
    this.#receive?.close();
    this.#received.clear();
  }

  /** @returns a promise that rejects when the server closes one of the sessions */
  #follow(sendSession: string, receiveSession: string): Promise<never> {
    return new Promise<never>((_, reject) => {
      const closed = ({
        error: { code, message },
      }: {
        error: { code: MeshliftError['code']; message: string };
      }) => {
        const error = new MeshliftError(code, message);
        reject(error);
        if (!this.#closed) this.emit('failed', error);
      };
      this.#connection.follow(sendSession, {
        'producer:wanted': ({ producerId, spatialLayers }) => {
          void this.#send?.setWantedLayers(producerId, spatialLayers);
        },
        'session:closed': closed,
      });
      this.#connection.follow(receiveSession, {
        'consumer:opened': ({ consumer }) => {
          this.#openConsumers([consumer]).catch((error: unknown) =>
            this.emit('failed', MeshliftError.from(error)),
          );
        },
        'consumer:closed': ({ consumerId }) => this.#closeConsumer(consumerId),
        'session:closed': closed,
      });
    });
  }

  async #openConsumers(options: readonly ConsumerOptions[]): Promise<void> {
    for (const received of (await this.#receive?.open(options)) ?? []) {
      this.#received.set(received.consumerId, received);
      this.emit('track', { participantId: received.sourceId, track: received.track });
    }
  }

  #closeConsumer(consumerId: string): void {
    const received = this.#received.get(consumerId);
    this.#receive?.closeConsumer(consumerId);
    this.#received.delete(consumerId);
    if (received) this.emit('trackgone', { participantId: received.sourceId, track: received.track });
  }
}
