interface ServedSession {
  /** The process that opened it, or has adopted it. */
  owner: string;
  relayId: string;
}

interface ServedRelay {
  /** The process that opened it. */
  owner: string | undefined;
  /** The sessions that each process has in it, where it has some. */
  sessions: Map<string, Set<string>>;
  /** The sources that media flows from. */
  flowing: Set<string>;
}

/** Which of the sessions and relays of a media node belong to which process. */
export class ServedSessions {
  readonly #sessions = new Map<string, ServedSession>();
  readonly #relays = new Map<string, ServedRelay>();

  /** @returns whether this is the first that the process has to do with the relay */
  add(sessionId: string, session: ServedSession): boolean {
    const isNew = !this.followersOf(session.relayId).includes(session.owner);
    const { sessions } = this.#relay(session.relayId);
    const own = sessions.get(session.owner) ?? new Set();
    sessions.set(session.owner, own.add(sessionId));
    this.#sessions.set(sessionId, session);
    return isNew;
  }

  remove(sessionId: string): void {
    const session = this.#sessions.get(sessionId);
    if (!session) return;
    this.#sessions.delete(sessionId);
    const sessions = this.#relays.get(session.relayId)?.sessions;
    const own = sessions?.get(session.owner);
    own?.delete(sessionId);
    if (own?.size === 0) sessions?.delete(session.owner);
    this.#removeIfUnused(session.relayId);
  }

  ownerOf(sessionId: string): string | undefined {
    return this.#sessions.get(sessionId)?.owner;
  }

  /** @returns whether this is the first that the process has to do with the relay */
  addRelay(relayId: string, owner: string): boolean {
    const isNew = !this.followersOf(relayId).includes(owner);
    this.#relay(relayId).owner = owner;
    return isNew;
  }

  /** Removes a relay with its sessions. @returns the processes that had to do with it */
  removeRelay(relayId: string): string[] {
    const followers = this.followersOf(relayId);
    for (const sessions of this.#relays.get(relayId)?.sessions.values() ?? []) {
      for (const sessionId of sessions) this.#sessions.delete(sessionId);
    }
    this.#relays.delete(relayId);
    return followers;
  }

  /** The processes that have opened a relay, or have sessions in it. */
  followersOf(relayId: string): string[] {
    const relay = this.#relays.get(relayId);
    if (!relay) return [];
    const { owner, sessions } = relay;
    return [...new Set([...(owner === undefined ? [] : [owner]), ...sessions.keys()])];
  }

  setFlowing(relayId: string, sourceId: string, flowing: boolean): void {
    const sources = this.#relays.get(relayId)?.flowing;
    if (flowing) sources?.add(sourceId);
    else sources?.delete(sourceId);
  }

  flowingIn(relayId: string): string[] {
    return [...(this.#relays.get(relayId)?.flowing ?? [])];
  }

  ofProcess(process: string): { sessions: string[]; relays: string[] } {
    return {
      sessions: [...this.#sessions].filter(([, { owner }]) => owner === process).map(([id]) => id),
      relays: [...this.#relays].filter(([, { owner }]) => owner === process).map(([id]) => id),
    };
  }

  #relay(relayId: string): ServedRelay {
    const known = this.#relays.get(relayId);
    if (known) return known;
    const relay: ServedRelay = { owner: undefined, sessions: new Map(), flowing: new Set() };
    this.#relays.set(relayId, relay);
    return relay;
  }

  #removeIfUnused(relayId: string): void {
    const relay = this.#relays.get(relayId);
    if (relay && relay.owner === undefined && relay.sessions.size === 0) this.#relays.delete(relayId);
  }
}
