import type { MediaKind, RoomMode } from '@meshlift/protocol';
import { KINDS } from '../mesh/local-media.ts';
import type { Presence } from '../mesh/messages.ts';
import { RemoteStream } from './remote-stream.ts';

/** A stream that has begun or ended. */
export interface StreamChange {
  begun?: RemoteStream;
  ended?: RemoteStream;
}

/** Somebody else in the room. */
export class Participant {
  #participantId: string;
  #host: boolean;
  #presence: Presence | undefined;
  #stream: RemoteStream | undefined;
  readonly #media: Partial<Record<RoomMode, MediaStream | undefined>> = {};
  readonly #path: Record<MediaKind, RoomMode>;

  /** @param path how the room's media travels as they come */
  constructor(participantId: string, host: boolean, path: RoomMode) {
    this.#participantId = participantId;
    this.#host = host;
    this.#path = { audio: path, video: path };
  }

  get participantId(): string {
    return this.#participantId;
  }

  /** Whether they may change the room. */
  get host(): boolean {
    return this.#host;
  }

  /** Whether a link to them has come about, over which they said who they are: until then nothing is known of them. */
  get reached(): boolean {
    return this.#presence !== undefined;
  }

  /** Empty until they have said it themselves, which the server cannot do for them. */
  get name(): string {
    return this.#presence?.name ?? '';
  }

  get audioPaused(): boolean {
    return this.#presence?.audio === 'paused';
  }

  get videoPaused(): boolean {
    return this.#presence?.video === 'paused';
  }

  /** Whether the picture they send is that of a screen. */
  get sharesScreen(): boolean {
    return this.#presence?.screen === true && this.#presence.video === 'sent';
  }

  /** Whether they publish this kind, paused or not. */
  publishes(kind: MediaKind): boolean {
    const state = kind === 'audio' ? this.#presence?.audio : this.#presence?.video;
    return state !== undefined && state !== 'none';
  }

  /** What they send, while they send anything. */
  get stream(): RemoteStream | undefined {
    return this.#stream;
  }

  /** @internal The same person by another id. */
  rename(participantId: string): void {
    this.#participantId = participantId;
  }

  /** @internal */
  setHost(host: boolean): void {
    this.#host = host;
  }

  /** @internal */
  setPresence(presence: Presence): void {
    this.#presence = presence;
    this.#showPaused();
  }

  /** @internal What comes by a path, while anything does. */
  mediaOf(path: RoomMode): MediaStream | undefined {
    const media = this.#media[path];
    return media && media.getTracks().length > 0 ? media : undefined;
  }

  /** @internal @returns the stream that has begun or ended with this change, if one has */
  setMedia(path: RoomMode, media: MediaStream | undefined): StreamChange {
    this.#media[path] = media;
    return this.#show();
  }

  /** @internal The track that comes by a path, while one does. */
  trackOf(path: RoomMode, kind: MediaKind): MediaStreamTrack | undefined {
    return this.#media[path]?.getTracks().find((track) => track.kind === kind);
  }

  /** @internal Shows what comes by this path from now on, as soon as anything does. */
  setPath(kind: MediaKind, path: RoomMode): StreamChange {
    this.#path[kind] = path;
    return this.#show();
  }

  /** Until something comes by the path in use, what still comes by the other one is better than nothing. */
  #show(): StreamChange {
    const shown = KINDS.map((kind) => ({ kind, track: this.#trackInUse(kind) }));
    const present = this.#stream;
    if (shown.every(({ track }) => track === undefined)) {
      this.#stream = undefined;
      present?.close();
      return present ? { ended: present } : {};
    }
    const stream = present ?? new RemoteStream(this);
    this.#stream = stream;
    for (const { kind, track } of shown) stream.show(kind, track);
    if (present) return {};
    this.#showPaused();
    return { begun: stream };
  }

  #trackInUse(kind: MediaKind): MediaStreamTrack | undefined {
    const path = this.#path[kind];
    return this.trackOf(path, kind) ?? this.trackOf(path === 'mesh' ? 'sfu' : 'mesh', kind);
  }

  #showPaused(): void {
    this.#stream?.setPaused('audio', this.audioPaused);
    this.#stream?.setPaused('video', this.videoPaused);
  }
}
