import type { MediaKind } from '@meshlift/protocol';
import { Emitter } from '../emitter.ts';

export interface RemoteStreamEvents {
  /** Sound or picture came or went, or was switched off or on. */
  tracks: undefined;
}

/** What one participant sends, by whatever path it comes. Each path has a `MediaStream` of its own. */
export class RemoteStream extends Emitter<RemoteStreamEvents> {
  readonly participantId: string;
  readonly #elements = new Set<HTMLVideoElement>();
  readonly #paused = new Set<MediaKind>();
  #media: MediaStream;

  constructor(participantId: string, media: MediaStream) {
    super();
    this.participantId = participantId;
    this.#media = media;
  }

  /** The stream of the path in use. Attached elements follow when it becomes another one. */
  get media(): MediaStream {
    return this.#media;
  }

  /** Whether there is sound that the participant has not muted. */
  get hasAudio(): boolean {
    return this.#plays('audio');
  }

  /** Whether there is a picture that the participant has not switched off. */
  get hasVideo(): boolean {
    return this.#plays('video');
  }

  isPaused(kind: MediaKind): boolean {
    return this.#paused.has(kind);
  }

  /** Where it plays. */
  get elements(): HTMLVideoElement[] {
    return [...this.#elements];
  }

  /** Plays in this element too. It should have `autoplay` and `playsinline`. */
  attach(video: HTMLVideoElement): void {
    this.#elements.add(video);
    video.srcObject = this.#media;
  }

  detach(video: HTMLVideoElement): void {
    if (this.#elements.delete(video) && video.srcObject === this.#media) video.srcObject = null;
  }

  /** @internal Takes what comes by this path from now on. */
  show(media: MediaStream): void {
    if (media !== this.#media) {
      this.#media = media;
      for (const video of this.#elements) video.srcObject = media;
    }
    this.emit('tracks', undefined);
  }

  /** @internal As the participant says. */
  setPaused(kind: MediaKind, paused: boolean): void {
    if (paused === this.#paused.has(kind)) return;
    if (paused) this.#paused.add(kind);
    else this.#paused.delete(kind);
    this.emit('tracks', undefined);
  }

  /** @internal It has ended: no element keeps its last picture. */
  close(): void {
    for (const video of [...this.#elements]) this.detach(video);
  }

  #plays(kind: MediaKind): boolean {
    return !this.#paused.has(kind) && this.#media.getTracks().some((track) => track.kind === kind);
  }
}
