/**
 * The IDs that streams and rooms of this process have at the moment. People may choose IDs that look like words, which
 * no pattern finds in a text: the mask replaces every word that is one of these.
 */
class LiveIds {
  /** How many hold each ID: a stream and a room may have the same one. */
  readonly #held = new Map<string, { kind: string; holders: number }>();

  /** @param kind what the pseudonym in its place is called, such as `stream` */
  add(kind: string, id: string): void {
    const held = this.#held.get(id);
    if (held) held.holders += 1;
    else this.#held.set(id, { kind, holders: 1 });
  }

  /** Takes back one `add` of the ID. */
  delete(id: string): void {
    const held = this.#held.get(id);
    if (!held) return;
    held.holders -= 1;
    if (held.holders === 0) this.#held.delete(id);
  }

  /** The kind of an ID that is in use, or `undefined`. */
  kindOf(word: string): string | undefined {
    return this.#held.get(word)?.kind;
  }
}

export const liveIds: LiveIds = new LiveIds();
