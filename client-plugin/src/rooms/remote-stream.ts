import type { MediaKind } from '@meshlift/protocol';
import { Emitter } from '../emitter.ts';
import { SoundBridge } from './sound-bridge.ts';

export interface RemoteStreamEvents {
  /** Sound or picture came or went, or was switched off or on. */
  tracks: undefined;
  /** An element has been attached, or detached. */
  elements: undefined;
}

/** What one participant sends, by whatever path it comes. */
export class RemoteStream extends Emitter<RemoteStreamEvents> {
  /**
   * Stays the same from beginning to end. Sound and picture in it are each of the path that is in use: when
   * one of them goes over to another path, its track is replaced here, and elements follow by themselves.
   */
  readonly media = new MediaStream();
  readonly #elements = new Set<HTMLVideoElement>();
  readonly #paused = new Set<MediaKind>();
  #bridge: SoundBridge | undefined;

  readonly #participant: { readonly participantId: string };

  constructor(participant: { readonly participantId: string }) {
    super();
    this.#participant = participant;
  }

  /** Whose it is. */
  get participantId(): string {
    return this.#participant.participantId;
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

  /**
   * Plays in this element too. It should have `autoplay` and `playsinline`. Over the relay the picture is
   * received in the size of the largest element that can be seen, and not at all while none can.
   */
  attach(video: HTMLVideoElement): void {
    this.#elements.add(video);
    video.srcObject = this.media;
    this.emit('elements', undefined);
  }

  detach(video: HTMLVideoElement): void {
    if (!this.#elements.delete(video)) return;
    this.#bridge?.close();
    if (video.srcObject === this.media) video.srcObject = null;
    this.emit('elements', undefined);
  }

  /** @internal */
  track(kind: MediaKind): MediaStreamTrack | undefined {
    return this.media.getTracks().find((track) => track.kind === kind);
  }

  /** @internal This sound will be shown soon: it can begin to play, unheard. */
  expectSound(track: MediaStreamTrack): void {
    if (this.#bridge?.track === track && !this.#bridge.closed) return;
    this.#bridge?.close();
    this.#bridge = new SoundBridge(track);
  }

  /** @internal Takes this track from now on. */
  show(kind: MediaKind, track: MediaStreamTrack | undefined): void {
    const present = this.track(kind);
    if (track === present) return;
    const wasOver = present !== undefined && !this.media.active;
    // Firefox goes on with the track an element plays, and takes no other while that one is there: the old one
    // goes first, in the same turn, so that no element is ever without. A stream also holds only one of an id.
    const swap = () => {
      if (present) this.media.removeTrack(present);
      if (track) this.media.addTrack(track);
    };
    if (kind === 'audio' && track && present) {
      this.expectSound(track);
      this.#bridge?.cross(this.elements, swap);
    } else swap();
    // An element whose tracks have all ended has ended itself, and begins again with a source.
    if (wasOver) for (const video of this.#elements) video.srcObject = this.media;
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
    this.#bridge?.close();
    for (const video of [...this.#elements]) this.detach(video);
  }

  #plays(kind: MediaKind): boolean {
    return !this.#paused.has(kind) && this.track(kind) !== undefined;
  }
}
