/** Sessions and the relays they are in: all of a relay's are found without visiting those of others. */
export class RelaySessions {
  readonly #relayOf = new Map<string, string>();
  readonly #inRelay = new Map<string, Set<string>>();

  get all(): string[] {
    return [...this.#relayOf.keys()];
  }

  has(sessionId: string): boolean {
    return this.#relayOf.has(sessionId);
  }

  hasRelay(relayId: string): boolean {
    return this.#inRelay.has(relayId);
  }

  inRelay(relayId: string): string[] {
    return [...(this.#inRelay.get(relayId) ?? [])];
  }

  add(sessionId: string, relayId: string): void {
    this.#relayOf.set(sessionId, relayId);
    this.#inRelay.set(relayId, (this.#inRelay.get(relayId) ?? new Set()).add(sessionId));
  }

  remove(sessionId: string): void {
    const relayId = this.#relayOf.get(sessionId);
    if (relayId === undefined) return;
    this.#relayOf.delete(sessionId);
    const sessions = this.#inRelay.get(relayId);
    sessions?.delete(sessionId);
    if (sessions?.size === 0) this.#inRelay.delete(relayId);
  }

  /** Removes all of a relay's. */
  removeRelay(relayId: string): void {
    for (const sessionId of this.#inRelay.get(relayId) ?? []) this.#relayOf.delete(sessionId);
    this.#inRelay.delete(relayId);
  }

  clear(): void {
    this.#relayOf.clear();
    this.#inRelay.clear();
  }
}
