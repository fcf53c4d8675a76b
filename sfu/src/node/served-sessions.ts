interface ServedSession {
  /** The process that opened it, or has adopted it; `undefined` when that is gone. */
  owner: string | undefined;
  /** A process that may adopt it from its owner. */
  offeredTo?: string;
  relayId: string;
  /** Of an ingest. */
  sourceId: string | undefined;
  /** Whether it came by WHIP or WHEP: its client has no connection that could be lost. */
  byOffer: boolean;
}

interface ServedRelay {
  /** The process that opened it, or has adopted it. */
  owner: string | undefined;
  /** Whether the process that opened it is gone. */
  orphaned: boolean;
  /** The sessions that each process has in it, where it has some; under `undefined` those of processes that are gone. */
  sessions: Map<string | undefined, Set<string>>;
  /** The sources that media flows from. */
  flowing: Set<string>;
}

/** Which of the sessions and relays of a media node belong to which process, or to none any more. */
export class ServedSessions {
  readonly #sessions = new Map<string, ServedSession>();
  readonly #relays = new Map<string, ServedRelay>();

  /** @returns whether this is the first that the process has to do with the relay */
  add(
    sessionId: string,
    session: Pick<ServedSession, 'relayId' | 'sourceId' | 'byOffer'> & { owner: string },
  ): boolean {
    const isNew = !this.followersOf(session.relayId).includes(session.owner);
    this.#sessions.set(sessionId, { ...session });
    this.#addTo(session.relayId, session.owner, sessionId);
    return isNew;
  }

  remove(sessionId: string): void {
    const session = this.#sessions.get(sessionId);
    if (!session) return;
    this.#sessions.delete(sessionId);
    this.#removeFrom(session.relayId, session.owner, sessionId);
    this.#removeIfUnused(session.relayId);
  }

  has(sessionId: string): boolean {
    return this.#sessions.has(sessionId);
  }

  /** `undefined` also for a session whose owner is gone. */
  ownerOf(sessionId: string): string | undefined {
    return this.#sessions.get(sessionId)?.owner;
  }

  isOrphan(sessionId: string): boolean {
    const session = this.#sessions.get(sessionId);
    return session !== undefined && session.owner === undefined;
  }

  /** Whether it is a viewer that came by WHEP. */
  isPlayer(sessionId: string): boolean {
    const session = this.#sessions.get(sessionId);
    return session?.byOffer === true && session.sourceId === undefined;
  }

  /** Whether media flows from the source of an ingest. */
  isSending(sessionId: string): boolean {
    const session = this.#sessions.get(sessionId);
    return session?.sourceId !== undefined && this.flowingIn(session.relayId).includes(session.sourceId);
  }

  offer(sessionId: string, process: string): void {
    const session = this.#sessions.get(sessionId);
    if (session) session.offeredTo = process;
  }

  isOfferedTo(sessionId: string, process: string): boolean {
    return this.#sessions.get(sessionId)?.offeredTo === process;
  }

  /** Gives a session to another process. @returns whether it is the first that process has to do with the relay */
  giveTo(sessionId: string, process: string): boolean {
    const session = this.#sessions.get(sessionId);
    if (!session) return false;
    const { relayId, sourceId, byOffer } = session;
    this.#removeFrom(relayId, session.owner, sessionId);
    return this.add(sessionId, { owner: process, relayId, sourceId, byOffer });
  }

  /** @returns whether this is the first that the process has to do with the relay */
  addRelay(relayId: string, owner: string): boolean {
    const isNew = !this.followersOf(relayId).includes(owner);
    const relay = this.#relay(relayId);
    relay.owner = owner;
    relay.orphaned = false;
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

  /** Who has opened a relay here: `undefined` for one that nobody has; `orphaned` when that process is gone. */
  ownerOfRelay(relayId: string): { owner: string } | 'orphaned' | undefined {
    const relay = this.#relays.get(relayId);
    if (relay?.owner !== undefined) return { owner: relay.owner };
    return relay?.orphaned ? 'orphaned' : undefined;
  }

  /** The processes that have opened a relay, or have sessions in it. */
  followersOf(relayId: string): string[] {
    const relay = this.#relays.get(relayId);
    if (!relay) return [];
    return [...new Set([relay.owner, ...relay.sessions.keys()])].filter((owner) => owner !== undefined);
  }

  /** The ingests in a relay that belong to a process, or to none any more. */
  ingestsOf(relayId: string, process: string): { sessionId: string; sourceId: string; byOffer: boolean }[] {
    const sessions = this.#relays.get(relayId)?.sessions;
    return [...(sessions?.get(undefined) ?? []), ...(sessions?.get(process) ?? [])].flatMap((sessionId) => {
      const { sourceId, byOffer = false } = this.#sessions.get(sessionId) ?? {};
      return sourceId === undefined ? [] : [{ sessionId, sourceId, byOffer }];
    });
  }

  setFlowing(relayId: string, sourceId: string, flowing: boolean): void {
    const sources = this.#relays.get(relayId)?.flowing;
    if (flowing) sources?.add(sourceId);
    else sources?.delete(sourceId);
  }

  flowingIn(relayId: string): string[] {
    return [...(this.#relays.get(relayId)?.flowing ?? [])];
  }

  /** Leaves what a process has without an owner. @returns what that is */
  orphan(process: string): { sessions: string[]; relays: string[] } {
    const sessions = [...this.#sessions].filter(([, { owner }]) => owner === process);
    for (const [sessionId, session] of sessions) {
      this.#removeFrom(session.relayId, process, sessionId);
      session.owner = undefined;
      this.#addTo(session.relayId, undefined, sessionId);
    }
    const relays = [...this.#relays].filter(([, { owner }]) => owner === process);
    for (const [, relay] of relays) {
      relay.owner = undefined;
      relay.orphaned = true;
    }
    return { sessions: sessions.map(([id]) => id), relays: relays.map(([id]) => id) };
  }

  #addTo(relayId: string, owner: string | undefined, sessionId: string): void {
    const { sessions } = this.#relay(relayId);
    const own = sessions.get(owner) ?? new Set();
    sessions.set(owner, own.add(sessionId));
  }

  #removeFrom(relayId: string, owner: string | undefined, sessionId: string): void {
    const sessions = this.#relays.get(relayId)?.sessions;
    const own = sessions?.get(owner);
    own?.delete(sessionId);
    if (own?.size === 0) sessions?.delete(owner);
  }

  #relay(relayId: string): ServedRelay {
    const known = this.#relays.get(relayId);
    if (known) return known;
    const relay = { owner: undefined, orphaned: false, sessions: new Map(), flowing: new Set<string>() };
    this.#relays.set(relayId, relay);
    return relay;
  }

  #removeIfUnused(relayId: string): void {
    const relay = this.#relays.get(relayId);
    if (relay && !relay.orphaned && relay.owner === undefined && relay.sessions.size === 0) {
      this.#relays.delete(relayId);
    }
  }
}
