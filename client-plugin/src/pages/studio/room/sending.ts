import type { Room } from '../../../index.ts';
import type { Words } from '../../shared/error-words.ts';
import { getScreen } from '../capture.ts';
import type { LocalSource, SourceTaker } from '../local-source.ts';
import { SoundMix } from '../sound-mix.ts';
import { SourceError } from '../source-error.ts';
import type { MediaKind } from '../source-kinds.ts';

/**
 * What this page sends into a room: its source, or a screen in place of the source's picture, with the
 * microphone going on and what the screen sounds like mixed in. Emits `change`.
 */
export class Sending extends EventTarget implements SourceTaker {
  readonly local: LocalSource;
  #room: Room | undefined;
  #screen: MediaStream | undefined;
  #mix: SoundMix | undefined;
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
    return this.#screen !== undefined || (this.local.kind === 'screen' && this.local.has('video'));
  }

  /** Whether the picture is the camera's, which people expect to see as in a mirror. */
  get mirrored(): boolean {
    return !this.#screen && this.local.kind === 'camera';
  }

  /** Why no screen is shared. */
  get trouble(): Words | undefined {
    return this.#trouble;
  }

  has(kind: MediaKind): boolean {
    return this.#stream?.getTracks().some((track) => track.kind === kind) ?? false;
  }

  /** What the switch of this kind says. A screen that is shared is seen, whatever the camera's says. */
  isPaused(kind: MediaKind): boolean {
    return this.local.isPaused(kind) && !(kind === 'video' && this.#screen);
  }

  /** Whether the sound that is sent holds more than what the switch mutes. */
  get mixed(): boolean {
    return (
      (this.#mix !== undefined && this.local.has('audio')) || (this.local.source?.capture?.mixed ?? false)
    );
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
    await this.#room?.setPaused(kind, this.#isWithheld(kind));
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
      const screen = await getScreen();
      for (const track of this.#screen?.getTracks() ?? []) track.stop();
      this.#screen = screen;
      for (const track of screen.getTracks())
        track.addEventListener('ended', () => this.#ended(screen, track));
      await this.#send();
    } catch (error) {
      this.#trouble = SourceError.from(error, 'screen').words;
    }
    this.#changed();
  }

  async stopSharing(): Promise<void> {
    if (!this.#screen) {
      await this.local.choose(this.local.has('audio') ? 'microphone' : 'none');
      return;
    }
    this.#closeScreen();
    await this.#send();
    this.#changed();
  }

  /** Lets go of every device. Repeating it changes nothing. */
  close(): void {
    this.#room = undefined;
    this.local.taker = undefined;
    this.#closeScreen();
    this.#mix?.close();
    this.#mix = undefined;
    this.#stream = undefined;
    this.local.close();
  }

  async #send(): Promise<void> {
    const room = this.#room;
    if (!room) return;
    const own = this.local.source?.stream;
    const screen = this.#screen;
    const [picture] = [...(screen?.getVideoTracks() ?? []), ...(own?.getVideoTracks() ?? [])];
    const former = this.#mix;
    const sound = this.#sound(own, screen);
    const tracks = [picture, sound].filter((track) => track !== undefined);
    this.#stream = tracks.length > 0 ? new MediaStream(tracks) : undefined;
    this.#changed();
    await Promise.all(
      (['audio', 'video'] as const).map((kind) => room.setPaused(kind, this.#isWithheld(kind))),
    );
    // Without a place for an audience the room is sent to all the same.
    const sent = this.#stream ? room.publish(this.#stream).catch(() => undefined) : room.unpublish();
    // What is sent in its place is sent by now, or will be without it.
    if (former !== this.#mix) void sent.finally(() => former?.close());
    if (!this.#stream) await sent;
  }

  /** One track for all there is to hear; the same one for as long as a screen is shared with its sound. */
  #sound(own: MediaStream | undefined, screen: MediaStream | undefined): MediaStreamTrack | undefined {
    const [voice] = own?.getAudioTracks() ?? [];
    const [shared] = screen?.getAudioTracks() ?? [];
    const sounds = [voice, shared].filter((track) => track !== undefined);
    if (sounds.length > 1) this.#mix ??= new SoundMix();
    else if (!screen) this.#mix = undefined;
    this.#mix?.set(sounds);
    return sounds.length > 0 ? (this.#mix?.track ?? sounds[0]) : undefined;
  }

  /** Muting leaves what is shared to be heard. */
  #isWithheld(kind: MediaKind): boolean {
    const shared = this.local.has('audio') && (this.#screen?.getAudioTracks().length ?? 0) > 0;
    return this.isPaused(kind) && !(kind === 'audio' && shared) && this.local.isWithheld(kind);
  }

  /** Somebody pressed "stop sharing" in the browser's own controls, or the tab that was shared is silent now. */
  #ended(screen: MediaStream, track: MediaStreamTrack): void {
    if (this.#screen !== screen) return;
    screen.removeTrack(track);
    void (track.kind === 'video' ? this.stopSharing() : this.#send());
  }

  #closeScreen(): void {
    for (const track of this.#screen?.getTracks() ?? []) track.stop();
    this.#screen = undefined;
  }

  #changed(): void {
    this.dispatchEvent(new Event('change'));
  }
}
