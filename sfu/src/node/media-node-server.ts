import {
  type Bus,
  type Clock,
  type OrderedDelivery,
  type Subscription,
  systemClock,
} from '@meshlift/cluster';
import {
  type AdoptedRelay,
  type Adoption,
  type MediaNode,
  type MediaNodeAdoption,
  type MediaNodeEvents,
  MeshliftError,
  type OwnerToken,
  type SessionDescription,
} from '@meshlift/protocol';
import {
  MEDIA_NODE_EVENTS,
  type MediaNodeEvent,
  type MediaNodeRequest,
  mediaNodeEvents,
  mediaNodeSubject,
  parseMediaNodeRequest,
} from '@meshlift/protocol/cluster';
import { ServedSessions } from './served-sessions.ts';

export interface MediaNodeServerOptions {
  node: MediaNode;
  bus: Bus;
  delivery: OrderedDelivery;
  /** The name of this process. */
  self: string;
  /** Whether two witnesses agree that a process is gone. @default of none, until `orphan` says so */
  isGone?: (process: string) => Promise<boolean>;
  /** How long what a process leaves behind waits for another one. @default 30,000 */
  graceMs?: number;
  /** @default the system's monotonic clock */
  clock?: Clock;
}

/** How long what a process leaves behind waits for another one, unless told otherwise: as clients do, by default. */
const GRACE_MS = 30_000;

/**
 * How long a relay without an owner goes on at most because media still flows to it, and a player with it. Nobody can rotate or revoke its
 * stream meanwhile, so it must not last; and all doors of a cluster can be restarted in that time, one after another.
 */
export const MAX_UNATTENDED_MS = 15 * 60_000;

/**
 * Serves the media node of this process to others. A session belongs to the process that opened it: nobody else's
 * calls reach it, and what happens to it is reported to that process, in order.
 *
 * What a process that has ended leaves behind goes on without an owner, until another process adopts it. What nobody has
 * adopted by the end of the grace time is closed, except a relay that media still flows to, with its ingests, and viewers
 * that came by WHEP: encoders and players cannot know that a door has ended.
 */
export class MediaNodeServer {
  readonly #node: MediaNode;
  readonly #self: string;
  readonly #delivery: OrderedDelivery;
  readonly #isGone: (process: string) => Promise<boolean>;
  readonly #graceMs: number;
  readonly #clock: Clock;
  /** Cancel the timers of what has no owner. */
  readonly #graces = new Set<() => void>();
  /** Relays that go on without an owner, and what cancels their end. */
  readonly #unattended = new Map<string, () => void>();
  readonly #serving: Subscription;
  readonly #served = new ServedSessions();

  constructor(options: MediaNodeServerOptions) {
    const { node, bus, delivery, self } = options;
    this.#node = node;
    this.#self = self;
    this.#delivery = delivery;
    this.#isGone = options.isGone ?? (async () => false);
    this.#graceMs = options.graceMs ?? GRACE_MS;
    this.#clock = options.clock ?? systemClock;
    for (const name of Object.keys(mediaNodeEvents) as (keyof MediaNodeEvents)[]) {
      node.on(name, (event) => this.#report({ name, event } as MediaNodeEvent));
    }
    this.#serving = bus.serve(mediaNodeSubject(self), (payload) =>
      this.#answer(parseMediaNodeRequest(payload)),
    );
  }

  /** A process has ended, as two witnesses agree: what it has here waits for another one. */
  orphan(process: string): void {
    const left = this.#served.orphan(process);
    if (left.sessions.length === 0 && left.relays.length === 0) return;
    const cancel = this.#clock.after(this.#graceMs, () => {
      this.#graces.delete(cancel);
      void this.#closeUnadopted(left);
    });
    this.#graces.add(cancel);
  }

  /** The same for a process that is gone as for this one: see `MediaNodeAdoption`. @param by the process that adopts */
  async adopt(sessionId: string, by = this.#self): Promise<Adoption<SessionDescription>> {
    for (;;) {
      if (!this.#served.has(sessionId)) throw new MeshliftError('SESSION_NOT_FOUND');
      const owner = this.#served.ownerOf(sessionId);
      if (owner === undefined || owner === by || this.#served.isOfferedTo(sessionId, by)) break;
      if (!(await this.#isGone(owner))) return { heldBy: owner };
      this.orphan(owner);
    }
    const isFirst = this.#served.giveTo(sessionId, by);
    const adopted = await this.#node.describeSession(sessionId);
    if (isFirst) this.#reportFlow(by, adopted.relayId);
    return { adopted };
  }

  /** See `MediaNodeAdoption`. @param by the process that adopts */
  async adoptRelay(
    relayId: string,
    token: OwnerToken | undefined,
    by = this.#self,
  ): Promise<Adoption<AdoptedRelay>> {
    for (;;) {
      const owner = this.#served.ownerOfRelay(relayId);
      if (owner === undefined) throw new MeshliftError('MEDIA_FAILED');
      if (owner === 'orphaned' || owner.owner === by) break;
      if (!(await this.#isGone(owner.owner))) return { heldBy: owner.owner };
      this.orphan(owner.owner);
    }
    // The relay is there: this shows the token to its fence, before anything is given away.
    await this.#node.openRelay(relayId, token);
    const owner = this.#served.ownerOfRelay(relayId);
    if (owner !== 'orphaned' && owner?.owner !== by) throw new MeshliftError('STALE_OWNER');
    this.#attend(relayId);
    const isFirst = this.#served.addRelay(relayId, by);
    const ingests = this.#served.ingestsOf(relayId, by).map((ingest) => {
      this.#served.giveTo(ingest.sessionId, by);
      return { ...ingest, flowing: this.#served.isSending(ingest.sessionId) };
    });
    if (isFirst) this.#reportFlow(by, relayId);
    return { adopted: { ingests } };
  }

  /** Takes no more calls. What is open stays open. */
  close(): void {
    this.#serving.close();
    for (const cancel of [...this.#graces, ...this.#unattended.values()]) cancel();
    this.#graces.clear();
    this.#unattended.clear();
  }

  async #answer(request: MediaNodeRequest): Promise<unknown> {
    const { from } = request;
    switch (request.call) {
      case 'openRelay': {
        const [relayId, token] = request.args;
        // With a token it is the fence that knows who owns it now.
        if (!token) this.#assertNotOthers(relayId, from);
        await this.#node.openRelay(relayId, token);
        this.#attend(relayId);
        if (this.#served.addRelay(relayId, from)) this.#reportFlow(from, relayId);
        return undefined;
      }
      case 'closeRelay':
        if (!request.args[1]) this.#assertNotOthers(request.args[0], from);
        return this.#closeRelay(request.args[0], { by: from, token: request.args[1] });
      case 'openIngest':
        return this.#openSession(request, () => this.#node.openIngest(request.args[0]));
      case 'openViewer':
        return this.#openSession(request, () => this.#node.openViewer(request.args[0]));
      case 'closeSession':
        if (this.#served.ownerOf(request.args[0]) === from) await this.#closeSession(request.args[0]);
        return undefined;
      case 'adopt':
        return this.adopt(request.args[0], from);
      case 'adoptRelay':
        return this.adoptRelay(request.args[0], request.args[1], from);
      case 'offer':
        this.#assertOwn(request.args[0], from);
        this.#served.offer(...request.args);
        return undefined;
      default:
        this.#assertOwn(request.args[0], from);
        return call(this.#node, request);
    }
  }

  /** The session is known before it is open: it may end while it is opened. */
  async #openSession<T>(
    { from, args: [session] }: MediaNodeRequest & { call: 'openIngest' | 'openViewer' },
    open: () => Promise<T>,
  ): Promise<T> {
    const { relayId, sessionId } = session;
    if (this.#served.has(sessionId)) {
      throw new MeshliftError('WRONG_STATE', 'A session of that name is open.');
    }
    const sourceId = 'sourceId' in session ? session.sourceId : undefined;
    const byOffer = session.terms.offer !== undefined;
    const isFirst = this.#served.add(sessionId, { owner: from, relayId, sourceId, byOffer });
    try {
      const opened = await open();
      if (isFirst) this.#reportFlow(from, relayId);
      return opened;
    } catch (error) {
      this.#served.remove(sessionId);
      throw error;
    }
  }

  /** Closing emits an event of a session that did not connect. */
  async #closeSession(sessionId: string): Promise<void> {
    await this.#node.closeSession(sessionId);
    this.#served.remove(sessionId);
  }

  /** For others that have sessions in it the relay is lost. */
  async #closeRelay(
    relayId: string,
    { by, token }: { by?: string; token?: OwnerToken | undefined } = {},
  ): Promise<void> {
    await this.#node.closeRelay(relayId, token);
    this.#attend(relayId);
    for (const process of this.#served.removeRelay(relayId)) {
      if (process !== by) this.#send(process, { name: 'relayLost', event: { relayId } });
    }
  }

  /** Its owner is gone, and nobody has come in time. */
  async #closeUnadopted({ sessions, relays }: { sessions: string[]; relays: string[] }): Promise<void> {
    for (const relayId of relays) {
      if (this.#served.ownerOfRelay(relayId) !== 'orphaned') continue;
      if (this.#served.flowingIn(relayId).length === 0) await this.#closeRelay(relayId);
      else this.#leaveUnattended(relayId);
    }
    const staying = (sessionId: string) =>
      this.#served.isSending(sessionId) || this.#served.isPlayer(sessionId);
    await this.#closeOrphans(sessions.filter((sessionId) => !staying(sessionId)));
    const players = sessions.filter((sessionId) => this.#served.isPlayer(sessionId));
    if (players.length === 0) return;
    const cancel = this.#clock.after(MAX_UNATTENDED_MS, () => {
      this.#graces.delete(cancel);
      void this.#closeOrphans(players);
    });
    this.#graces.add(cancel);
  }

  async #closeOrphans(sessions: string[]): Promise<void> {
    for (const sessionId of sessions) {
      if (this.#served.isOrphan(sessionId)) await this.#closeSession(sessionId);
    }
  }

  #leaveUnattended(relayId: string): void {
    const end = () => void this.#closeRelay(relayId);
    this.#unattended.set(relayId, this.#clock.after(MAX_UNATTENDED_MS, end));
  }

  /** A relay has an owner again, or is over. */
  #attend(relayId: string): void {
    this.#unattended.get(relayId)?.();
    this.#unattended.delete(relayId);
  }

  /** @throws MeshliftError `STALE_OWNER` for a relay of another process, or of one that is taken for gone */
  #assertNotOthers(relayId: string, process: string): void {
    const owner = this.#served.ownerOfRelay(relayId);
    if (owner === 'orphaned' || (owner && owner.owner !== process)) throw new MeshliftError('STALE_OWNER');
  }

  /** @throws MeshliftError `SESSION_NOT_FOUND` for sessions of other processes */
  #assertOwn(sessionId: string, process: string): void {
    if (this.#served.ownerOf(sessionId) !== process) throw new MeshliftError('SESSION_NOT_FOUND');
  }

  #report(event: MediaNodeEvent): void {
    if (event.name === 'relayLost') {
      this.#attend(event.event.relayId);
      for (const process of this.#served.removeRelay(event.event.relayId)) this.#send(process, event);
    } else if (event.name === 'ingestFlow') {
      const { relayId, sourceId, flowing } = event.event;
      this.#served.setFlowing(relayId, sourceId, flowing);
      for (const process of this.#served.followersOf(relayId)) this.#send(process, event);
      const isOver = this.#unattended.has(relayId) && this.#served.flowingIn(relayId).length === 0;
      if (isOver) void this.#closeRelay(relayId);
    } else {
      const { sessionId } = event.event;
      const owner = this.#served.ownerOf(sessionId);
      if (event.name === 'sessionClosed') this.#served.remove(sessionId);
      if (owner !== undefined) this.#send(owner, event);
    }
  }

  /** Tells a process that begins to follow a relay which of its sources flow. */
  #reportFlow(process: string, relayId: string): void {
    for (const sourceId of this.#served.flowingIn(relayId)) {
      this.#send(process, { name: 'ingestFlow', event: { relayId, sourceId, flowing: true } });
    }
  }

  #send(process: string, event: MediaNodeEvent): void {
    // This process listens to the node itself.
    if (process !== this.#self) this.#delivery.send(process, MEDIA_NODE_EVENTS, event);
  }
}

/** The arguments have been parsed for just this method. */
function call(
  node: MediaNode,
  request: Exclude<MediaNodeRequest, { call: keyof MediaNodeAdoption | 'offer' }>,
): Promise<unknown> {
  const method = node[request.call] as (...args: unknown[]) => Promise<unknown>;
  return method.apply(node, request.args);
}
