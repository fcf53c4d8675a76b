/** A page that reloads leaves and comes again: its place as host is kept for so long. */
export const RELOAD_WITHIN_MS = 10_000;

/** What succession looks at. */
export interface Successors {
  /** Whether somebody may change the room, or is awaited who may. */
  readonly hasHost: boolean;
  /** Those who are connected, who was there first at the front. */
  readonly present: readonly { id: string }[];
}

/** Sees to it that a room with people in it is not without a host for long. */
export class Succession {
  readonly #room: Successors;
  readonly #appoint: (id: string) => void;
  #timer: NodeJS.Timeout | undefined;
  /** The host has been waited for: the next one who is connected takes over. */
  #due = false;

  /** @param appoint makes a participant act as host */
  constructor(room: Successors, appoint: (id: string) => void) {
    this.#room = room;
    this.#appoint = appoint;
  }

  /** Somebody left, or the room is there again. @param withinMs how long a host may take to come */
  await(withinMs: number): void {
    if (this.#room.hasHost || this.#timer || this.#due) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#due = true;
      this.look();
    }, withinMs);
    this.#timer.unref();
  }

  /** Somebody came, or came back. */
  look(): void {
    if (this.#room.hasHost) this.close();
    const [first] = this.#room.present;
    if (!this.#due || !first) return;
    this.#due = false;
    this.#appoint(first.id);
  }

  /** Waits for nobody any more. Repeating it changes nothing. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#due = false;
  }
}
