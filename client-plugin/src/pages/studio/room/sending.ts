import type { Room } from '../../../index.ts';
import type { Words } from '../../shared/error-words.ts';
import type { LocalSource, SourceTaker } from '../local-source.ts';
import { openSource } from '../open-source.ts';
import type { MediaKind, Source } from '../source.ts';
import { SourceError } from '../source-error.ts';

/**
 * What this page sends into a room: its source, or a screen in place of the source's picture, with the
 * microphone going on. Emits `change`.
 */
export class Sending extends EventTarget implements SourceTaker {
  readonly local: LocalSource;
  #room: Room | undefined;
  #screen: Source | undefined;
  #trouble: Words | undefined;
  /** What is shown and sent at the moment. */
  #stream: MediaStream | undefined;

  constructor(local: LocalSource) {
    super();
    this.local = local;
    local.addEventListener('change', () => this.#changed());
  }

  get stream(): MediaStream | undefined {
    return this.#stream;
  }

  get sharing(): boolean {
    return this.#screen !== undefined || (this.local.kind === 'screen' && this.local.source !== undefined);
  }

  /** Whether the picture is the camera's, which people expect to see as in a mirror. */
  get mirrored(): boolean {
    return !this.#screen && this.local.kind === 'camera';
  }

  get trouble(): Words | undefined {
    return this.#trouble ?? this.local.trouble;
  }

  has(kind: MediaKind): boolean {
    return this.#stream?.getTracks().some((track) => track.kind === kind) ?? false;
  }

  /** A screen that is shared is seen, whatever the camera's switch says. */
  isPaused(kind: MediaKind): boolean {
    return this.local.isPaused(kind) && !(kind === 'video' && this.#screen);
  }

  async begin(room: Room): Promise<void> {
    this.#room = room;
    this.local.taker = this;
    await this.#send();
  }

  async take(): Promise<void> {
    await this.#send();
  }

  async setPaused(kind: MediaKind): Promise<void> {
    await this.#room?.setPaused(kind, this.isPaused(kind));
  }

  async toggle(kind: MediaKind): Promise<void> {
    if (this.has(kind) && !(kind === 'video' && this.#screen)) {
      await this.local.setPaused(kind, !this.local.isPaused(kind));
    }
  }

  /** Shows a screen in place of the camera, as soon as one has been chosen. */
  async share(): Promise<void> {
    this.#trouble = undefined;
    try {
      const screen = await openSource('screen', {});
      this.#screen = screen;
      for (const track of screen.stream.getVideoTracks()) {
        track.addEventListener('ended', () => {
          if (this.#screen === screen) void this.stopSharing();
        });
      }
      await this.#send();
    } catch (error) {
      this.#trouble = SourceError.from(error, 'screen').words;
    }
    this.#changed();
  }

  async stopSharing(): Promise<void> {
    if (!this.#screen) {
      await this.local.choose('none');
      return;
    }
    this.#screen.close();
    this.#screen = undefined;
    await this.#send();
    this.#changed();
  }

  /** Lets go of every device. Repeating it changes nothing. */
  close(): void {
    this.#room = undefined;
    this.local.taker = undefined;
    this.#screen?.close();
    this.#screen = undefined;
    this.#stream = undefined;
    this.local.close();
  }

  async #send(): Promise<void> {
    const room = this.#room;
    if (!room) return;
    const own = this.local.source?.stream;
    const screen = this.#screen?.stream;
    const [picture] = [...(screen?.getVideoTracks() ?? []), ...(own?.getVideoTracks() ?? [])];
    const [sound] = [...(own?.getAudioTracks() ?? []), ...(screen?.getAudioTracks() ?? [])];
    const tracks = [picture, sound].filter((track) => track !== undefined);
    this.#stream = tracks.length > 0 ? new MediaStream(tracks) : undefined;
    this.#changed();
    await Promise.all((['audio', 'video'] as const).map((kind) => room.setPaused(kind, this.isPaused(kind))));
    // Without a place for an audience the room is sent to all the same.
    if (this.#stream) void room.publish(this.#stream).catch(() => undefined);
    else await room.unpublish();
  }

  #changed(): void {
    this.dispatchEvent(new Event('change'));
  }
}
