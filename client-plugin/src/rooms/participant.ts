import type { RoomMode } from '@meshlift/protocol';
import type { Presence } from '../mesh/messages.ts';
import { RemoteStream } from './remote-stream.ts';

/** A stream that has begun or ended. */
export interface StreamChange {
  begun?: RemoteStream;
  ended?: RemoteStream;
}

/** Somebody else in the room. */
export class Participant {
  readonly participantId: string;
  #host: boolean;
  #presence: Presence | undefined;
  #stream: RemoteStream | undefined;
  readonly #media: Partial<Record<RoomMode, MediaStream | undefined>> = {};
  #path: RoomMode;

  /** @param path how the room's media travels as they come */
  constructor(participantId: string, host: boolean, path: RoomMode) {
    this.participantId = participantId;
    this.#host = host;
    this.#path = path;
  }

  /** Whether they may change the room. */
  get host(): boolean {
    return this.#host;
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

  /** Whether they publish this kind, paused or not. */
  publishes(kind: string): boolean {
    const state = kind === 'audio' ? this.#presence?.audio : this.#presence?.video;
    return state !== undefined && state !== 'none';
  }

  /** What they send, while they send anything. */
  get stream(): RemoteStream | undefined {
    return this.#stream;
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

  /** @internal Shows what comes by this path from now on, as soon as anything does. */
  setPath(path: RoomMode): StreamChange {
    this.#path = path;
    return this.#show();
  }

  /** Until something comes by the path in use, what still comes by the other one is better than nothing. */
  #show(): StreamChange {
    const media = this.mediaOf(this.#path) ?? this.mediaOf(this.#path === 'mesh' ? 'sfu' : 'mesh');
    const present = this.#stream;
    if (!media) {
      this.#stream = undefined;
      present?.close();
      return present ? { ended: present } : {};
    }
    if (present) {
      present.show(media);
      return {};
    }
    this.#stream = new RemoteStream(this.participantId, media);
    this.#showPaused();
    return { begun: this.#stream };
  }

  #showPaused(): void {
    this.#stream?.setPaused('audio', this.audioPaused);
    this.#stream?.setPaused('video', this.videoPaused);
  }
}
