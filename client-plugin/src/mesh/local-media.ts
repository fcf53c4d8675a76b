import type { MediaKind } from '@meshlift/protocol';
import type { Sending } from './messages.ts';

export const KINDS: readonly MediaKind[] = ['audio', 'video'];

/** What this page sends to everybody: one track of each kind, and which of them are paused. */
export class LocalMedia {
  /**
   * Announced with the tracks of each kind; they stay empty. Sound and picture have one each, because a browser
   * delays one of the two until those of a common stream are in step, and is mistaken about it after a pause of
   * the sound: Chromium then delays the picture more and more, up to the length of the pause.
   */
  readonly groups: Readonly<Record<MediaKind, MediaStream>> = {
    audio: new MediaStream(),
    video: new MediaStream(),
  };
  readonly #tracks = new Map<MediaKind, MediaStreamTrack>();
  readonly #paused = new Set<MediaKind>();
  /** Nothing is sent over the mesh while the room is on the relay; its links stay. */
  held = false;
  /** Nor is the video alone, from the moment a switch begins to send it by the other path. */
  videoHeld = false;

  /** Takes the first track of each kind. */
  publish(tracks: readonly MediaStreamTrack[]): void {
    for (const kind of KINDS) {
      const track = tracks.find((candidate) => candidate.kind === kind);
      if (track) this.#tracks.set(kind, track);
      else this.#tracks.delete(kind);
    }
  }

  replace(track: MediaStreamTrack): void {
    this.#tracks.set(track.kind as MediaKind, track);
  }

  setPaused(kind: MediaKind, paused: boolean): void {
    if (paused) this.#paused.add(kind);
    else this.#paused.delete(kind);
  }

  state(kind: MediaKind): Sending {
    if (!this.#tracks.has(kind)) return 'none';
    return this.#paused.has(kind) ? 'paused' : 'sent';
  }

  track(kind: MediaKind): MediaStreamTrack | undefined {
    return this.#tracks.get(kind);
  }

  /** All tracks there are to send. */
  get tracks(): MediaStreamTrack[] {
    return [...this.#tracks.values()];
  }

  /** The kinds that are paused. */
  get paused(): ReadonlySet<MediaKind> {
    return this.#paused;
  }

  /** The track to send over the mesh at the moment: none while the kind is paused, or all are held. */
  sent(kind: MediaKind): MediaStreamTrack | null {
    const held = this.held || (this.videoHeld && kind === 'video');
    return held || this.#paused.has(kind) ? null : (this.track(kind) ?? null);
  }
}
