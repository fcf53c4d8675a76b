import type { MediaKind } from '@meshlift/protocol';
import type { Room } from '../../index.ts';
import type { Words } from '../../pages/shared/error-words.ts';
import { Capture } from '../../pages/studio/capture.ts';
import { LostDevices } from '../../pages/studio/lost-devices.ts';
import { applyPaused, type Source } from '../../pages/studio/source.ts';
import { SourceError } from '../../pages/studio/source-error.ts';

const KINDS: readonly MediaKind[] = ['audio', 'video'];

/** What a person can send from the element itself: the camera with the microphone, the microphone, or nothing. */
export const ownSources = ['camera', 'microphone', 'none'] as const;
export type OwnSource = (typeof ownSources)[number];

/** What this participant sends: the stream that the page has given, or devices of their own. */
export class OwnMedia {
  #stream: MediaStream | undefined;
  /** What was opened here, and so has to be closed here. */
  #capture: Capture | undefined;
  #room: Room | undefined;
  #trouble: Words | undefined;
  readonly #paused = new Set<MediaKind>();
  readonly #changed: () => void;
  readonly lost: LostDevices;

  /** @param changed called when devices have come or gone */
  constructor(changed: () => void) {
    this.#changed = changed;
    this.lost = new LostDevices(changed);
  }

  get stream(): MediaStream | undefined {
    return this.#stream;
  }

  /** Why another device could not be opened in place of one that stopped. */
  get trouble(): Words | undefined {
    return this.#trouble;
  }

  /** Whether it is the person's own camera, which people expect to see as in a mirror. */
  get mirrored(): boolean {
    return this.#capture !== undefined;
  }

  has(kind: MediaKind): boolean {
    return this.#live.some((track) => track.kind === kind);
  }

  isPaused(kind: MediaKind): boolean {
    return this.#paused.has(kind);
  }

  /**
   * @param given what the page wants to be sent in place of devices
   * @throws SourceError with the reason why there is nothing to send
   */
  async open(given: MediaStream | undefined, source: OwnSource): Promise<void> {
    this.close();
    if (given) {
      this.#stream = given;
      for (const track of given.getTracks()) track.addEventListener('ended', this.#send);
      return;
    }
    if (source === 'none') return;
    const capture = await Capture.open(source, {});
    this.#capture = capture;
    this.#stream = capture.stream;
    capture.follow(() => {
      if (this.#capture !== capture) return;
      this.#applyPaused(capture);
      this.lost.follow(capture);
      this.#send();
    });
  }

  /** Captures another device in place of one that has stopped. */
  async reopen(kind: MediaKind, deviceId: string | undefined): Promise<void> {
    this.#trouble = undefined;
    await this.#capture?.reopen(kind, deviceId).catch((error: unknown) => {
      this.#trouble = SourceError.from(error, kind === 'audio' ? 'microphone' : 'camera').words;
    });
    this.#changed();
  }

  /** Sends into a room, with what is paused paused. */
  async sendTo(room: Room): Promise<void> {
    this.#room = room;
    await Promise.all(KINDS.map((kind) => room.setPaused(kind, this.isPaused(kind))));
    this.#send();
  }

  async toggle(kind: MediaKind): Promise<void> {
    const paused = !this.isPaused(kind);
    if (paused) this.#paused.add(kind);
    else this.#paused.delete(kind);
    if (this.#capture) this.#applyPaused(this.#capture);
    else for (const track of this.#live) if (track.kind === kind) track.enabled = !paused;
    // With signaling away nothing is sent either: only the notice to the others is late.
    await this.#room?.setPaused(kind, paused).catch(() => undefined);
  }

  /** Lets go of every device. What the page has given stays the page's. */
  close(): void {
    this.#capture?.close();
    if (!this.#capture)
      for (const track of this.#stream?.getTracks() ?? []) track.removeEventListener('ended', this.#send);
    this.#capture = undefined;
    this.#stream = undefined;
    this.#room = undefined;
    this.#trouble = undefined;
    this.#paused.clear();
    this.lost.follow(undefined);
  }

  get #live(): MediaStreamTrack[] {
    return this.#stream?.getTracks().filter(({ readyState }) => readyState === 'live') ?? [];
  }

  /** Sends what there is now, and nothing that has ended. */
  readonly #send = () => {
    this.#changed();
    if (!this.#room || !this.#stream) return;
    const live = this.#live;
    // Without a place for an audience the room is sent to all the same.
    if (live.length > 0) void this.#room.publish(new MediaStream(live)).catch(() => undefined);
    else void this.#room.unpublish();
  };

  #applyPaused(source: Source): void {
    for (const kind of KINDS) applyPaused(source, kind, this.isPaused(kind));
  }
}
