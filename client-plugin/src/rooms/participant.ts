import type { Presence } from '../mesh/messages.ts';
import { RemoteStream } from './remote-stream.ts';

/** Somebody else in the room. */
export class Participant {
  readonly participantId: string;
  #host: boolean;
  #presence: Presence | undefined;
  #stream: RemoteStream | undefined;

  constructor(participantId: string, host: boolean) {
    this.participantId = participantId;
    this.#host = host;
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

  /** @internal @returns the stream that has begun or ended with this change, if one has */
  setMedia(media: MediaStream | undefined): { begun?: RemoteStream; ended?: RemoteStream } {
    const present = this.#stream;
    if (!media || media.getTracks().length === 0) {
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
