import type { Room } from '../../index.ts';
import { SourceError } from '../../pages/studio/source-error.ts';

type Kind = 'audio' | 'video';
const KINDS: readonly Kind[] = ['audio', 'video'];

/** What this participant sends: the stream that the page has given, or the camera and the microphone. */
export class OwnMedia {
  #stream: MediaStream | undefined;
  /** Whether this opened it, and so has to close it. */
  #ours = false;
  readonly #paused = new Set<Kind>();

  get stream(): MediaStream | undefined {
    return this.#stream;
  }

  /** Whether it is the person's own camera, which people expect to see as in a mirror. */
  get mirrored(): boolean {
    return this.#ours;
  }

  has(kind: Kind): boolean {
    return this.#stream?.getTracks().some((track) => track.kind === kind) ?? false;
  }

  isPaused(kind: Kind): boolean {
    return this.#paused.has(kind);
  }

  /** @throws SourceError with the reason why there is nothing to send */
  async open(given: MediaStream | undefined): Promise<void> {
    this.close();
    if (!given && !navigator.mediaDevices) throw new SourceError('insecure', 'camera');
    try {
      this.#stream = given ?? (await navigator.mediaDevices.getUserMedia({ audio: true, video: true }));
      this.#ours = !given;
    } catch (error) {
      throw SourceError.from(error, 'camera');
    }
  }

  /** Sends into a room, with what is paused paused. */
  async sendTo(room: Room): Promise<void> {
    await Promise.all(KINDS.map((kind) => room.setPaused(kind, this.isPaused(kind))));
    // Without a place for an audience the room is sent to all the same.
    if (this.#stream) void room.publish(this.#stream).catch(() => undefined);
  }

  async toggle(kind: Kind, room: Room | undefined): Promise<void> {
    const paused = !this.isPaused(kind);
    if (paused) this.#paused.add(kind);
    else this.#paused.delete(kind);
    for (const track of this.#stream?.getTracks() ?? []) {
      if (track.kind === kind) track.enabled = !paused;
    }
    // With signaling away nothing is sent either: only the notice to the others is late.
    await room?.setPaused(kind, paused).catch(() => undefined);
  }

  /** Lets go of every device. What the page has given stays the page's. */
  close(): void {
    if (this.#ours) for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = undefined;
    this.#ours = false;
    this.#paused.clear();
  }
}
