import { EventEmitter } from 'node:events';
import {
  type AdoptedRelay,
  type Adoption,
  type ConsumerOptions,
  type DtlsParameters,
  type IceParameters,
  type IngestOpened,
  type IngestReport,
  type IngestRequest,
  type IngestTerms,
  type Layers,
  type MediaKind,
  type MediaNode,
  type MediaNodeAdoption,
  type MediaNodeEvents,
  MeshliftError,
  type OwnerToken,
  type RtpCapabilities,
  type RtpParameters,
  type SessionDescription,
  type ViewerOpened,
  type ViewerRequest,
  type ViewerTerms,
  type WantedLayers,
} from '@meshlift/protocol';
import { chooseNode, type NodeFacts } from './node-choice.ts';
import { RelaySessions } from './relay-sessions.ts';

/** How many nodes may refuse before there is no capacity. */
const MAX_REFUSALS = 3;

/** Nodes that are full are asked for at most this long, in ms. */
const PLACE_WITHIN_MS = 500;

/**
 * What a viewer or a publisher adds to the load of its node until the node reports it itself: one of 1.3 Mbit/s is
 * about that share of a small machine.
 */
const PLACED_LOAD = 0.002;

/** What could not be closed, because its node could not be reached, is tried again so often. */
const CLOSE_AGAIN_AFTER_MS = 2_000;

/** A node that has not answered comes after the others for so long: each who is placed there waits in vain. */
const AVOID_MS = 5_000;

/** A node, and what this process has on it. */
interface Entry {
  /** The process that it is in. */
  process: string;
  node: MediaNode;
  /** Takes over what other processes have left there. */
  adoption: MediaNodeAdoption | undefined;
  facts: NodeFacts;
  /** How much has been placed there since the facts were told. */
  placed: number;
  /** Until when others come first, because it has not answered: of `performance.now()`. */
  avoidedUntil: number;
  /** The relays that this process has opened there: it is their origin. */
  origins: Set<string>;
  /** Those that are open, or being opened. */
  sessions: RelaySessions;
}

export interface NodesOptions {
  /** What all nodes route. */
  routerRtpCapabilities: RtpCapabilities;
  /** This process: a node in it is one hop nearer. */
  self: string;
  /** Where this process is. */
  region?: string;
}

/**
 * All media nodes as one. Nothing above it knows how many there are. A relay is placed on a node when it is opened,
 * which becomes its origin; each viewer is placed on its own, and a node that is not the origin gets the relay from
 * there. What is asked of a session goes to its node. Events of all nodes reach each listener as of one: the loss of an
 * edge is the loss of the sessions that were on it.
 *
 * A relay is forgotten when it is closed or lost, with its sessions; a session when it is closed, from either side; a
 * node when it is removed, with all that is on it.
 */
export class Nodes implements MediaNode {
  readonly routerRtpCapabilities: RtpCapabilities;
  readonly #self: string;
  readonly #region: string;
  readonly #entries = new Map<string, Entry>();
  /** The origin of each relay that this process has opened, or is opening. */
  readonly #origins = new Map<string, Entry>();
  readonly #nodeOfSession = new Map<string, Entry>();
  readonly #events = new EventEmitter();
  #closed = false;

  constructor({ routerRtpCapabilities, self, region = '' }: NodesOptions) {
    this.routerRtpCapabilities = routerRtpCapabilities;
    this.#self = self;
    this.#region = region;
  }

  /** How many nodes there are. */
  get size(): number {
    return this.#entries.size;
  }

  /** Whether there is one in a process. */
  has(process: string): boolean {
    return this.#entries.has(process);
  }

  /** Begins to use a node. It is closed with this, unless it is removed before. */
  add({
    process,
    node,
    facts,
    adoption,
  }: Pick<Entry, 'process' | 'node' | 'facts'> & Partial<Pick<Entry, 'adoption'>>): void {
    if (this.#entries.has(process)) throw new TypeError('that node is in use already');
    const entry = {
      process,
      node,
      adoption,
      facts,
      placed: 0,
      avoidedUntil: 0,
      origins: new Set<string>(),
      sessions: new RelaySessions(),
    };
    this.#entries.set(process, entry);
    this.#follow(entry);
  }

  /** A node has reported how it is. */
  update(process: string, facts: NodeFacts): void {
    const entry = this.#entries.get(process);
    if (!entry) return;
    entry.facts = facts;
    entry.placed = 0;
  }

  /** A node is gone, with all that was on it. */
  remove(process: string): void {
    const entry = this.#entries.get(process);
    if (!entry) return;
    this.#entries.delete(process);
    for (const relayId of [...entry.origins]) this.#relayLost(entry, relayId);
    for (const sessionId of entry.sessions.all) this.#sessionLost(entry, sessionId);
  }

  /** The process with a relay's ingests, if this process has opened it. */
  originOf(relayId: string): string | undefined {
    return this.#origins.get(relayId)?.process;
  }

  /** The process whose node has a session's transport. */
  processOf(sessionId: string): string | undefined {
    return this.#nodeOfSession.get(sessionId)?.process;
  }

  /**
   * Takes over a session that another process has opened on a node, see `MediaNodeAdoption`.
   *
   * @param process the one that the node is in
   * @throws MeshliftError `SESSION_NOT_FOUND`, also where that node is gone
   */
  async adopt(process: string, sessionId: string): Promise<Adoption<SessionDescription>> {
    const entry = this.#entries.get(process);
    const adoption = await entry?.adoption?.adopt(sessionId);
    if (!entry || !adoption) throw new MeshliftError('SESSION_NOT_FOUND');
    if ('adopted' in adoption) this.#know(entry, sessionId, adoption.adopted.relayId);
    return adoption;
  }

  /**
   * Takes over a relay whose origin is on a node, with its publishers' sessions.
   *
   * @param process the one that the node is in
   * @throws MeshliftError `MEDIA_FAILED`, also where that node is gone; `STALE_OWNER`
   */
  async adoptRelay(process: string, relayId: string, owner?: OwnerToken): Promise<Adoption<AdoptedRelay>> {
    const entry = this.#entries.get(process);
    const adoption = await entry?.adoption?.adoptRelay(relayId, owner);
    if (!entry || !adoption) throw new MeshliftError('MEDIA_FAILED');
    if ('heldBy' in adoption) return adoption;
    this.#origins.set(relayId, entry);
    entry.origins.add(relayId);
    for (const { sessionId } of adoption.adopted.ingests) this.#know(entry, sessionId, relayId);
    return adoption;
  }

  async openRelay(relayId: string, owner?: OwnerToken): Promise<void> {
    const known = this.#origins.get(relayId);
    if (known) return known.node.openRelay(relayId, owner);
    await this.#place(undefined, async (entry) => {
      this.#origins.set(relayId, entry);
      entry.origins.add(relayId);
      try {
        await entry.node.openRelay(relayId, owner);
      } catch (error) {
        if (this.#origins.get(relayId) === entry) this.#forgetRelay(relayId);
        throw error;
      }
    });
  }

  async closeRelay(relayId: string, owner?: OwnerToken): Promise<void> {
    const entry = this.#origins.get(relayId);
    this.#forgetRelay(relayId);
    if (!entry) return;
    const isOpenAgain = () => this.#origins.get(relayId) === entry;
    await this.#closeAt(entry, () => entry.node.closeRelay(relayId, owner), isOpenAgain);
  }

  async openIngest<T extends IngestTerms>(request: IngestRequest<T>): Promise<IngestOpened<T>> {
    const entry = this.#origins.get(request.relayId);
    if (!entry) throw new MeshliftError('MEDIA_FAILED');
    return this.#openSession(entry, request, () => entry.node.openIngest(request));
  }

  async openViewer<T extends ViewerTerms>(request: ViewerRequest<T>): Promise<ViewerOpened<T>> {
    const { relayId } = request;
    const origin = request.origin ?? this.#origins.get(relayId)?.process;
    if (origin === undefined) throw new MeshliftError('MEDIA_FAILED');
    return this.#place({ relayId, origin }, (entry) => {
      const { origin: _, ...rest } = request;
      const local = entry.process === origin ? rest : { ...rest, origin };
      return this.#openSession(entry, request, () => entry.node.openViewer(local as ViewerRequest<T>));
    });
  }

  async exchangeIce(sessionId: string, fragment: string): Promise<string | null> {
    return this.#nodeWith(sessionId).exchangeIce(sessionId, fragment);
  }

  async describeSession(sessionId: string): Promise<SessionDescription> {
    return this.#unlessLost(sessionId, (node) => node.describeSession(sessionId));
  }

  async connectTransport(sessionId: string, dtlsParameters: DtlsParameters): Promise<void> {
    return this.#nodeWith(sessionId).connectTransport(sessionId, dtlsParameters);
  }

  async restartIce(sessionId: string): Promise<IceParameters> {
    return this.#unlessLost(sessionId, (node) => node.restartIce(sessionId));
  }

  async closeSession(sessionId: string): Promise<void> {
    const entry = this.#nodeOfSession.get(sessionId);
    if (!entry) return;
    this.#forgetSession(entry, sessionId);
    await this.#closeAt(entry, () => entry.node.closeSession(sessionId));
  }

  async openProducer(
    sessionId: string,
    producer: { kind: MediaKind; rtpParameters: RtpParameters; paused: boolean },
  ): Promise<WantedLayers> {
    return this.#nodeWith(sessionId).openProducer(sessionId, producer);
  }

  async setProducerPaused(sessionId: string, producerId: string, paused: boolean): Promise<void> {
    return this.#nodeWith(sessionId).setProducerPaused(sessionId, producerId, paused);
  }

  async closeProducer(sessionId: string, producerId: string): Promise<void> {
    return this.#nodeWith(sessionId).closeProducer(sessionId, producerId);
  }

  async inspectIngest(sessionId: string): Promise<IngestReport> {
    return this.#nodeWith(sessionId).inspectIngest(sessionId);
  }

  async listWantedLayers(sessionId: string): Promise<WantedLayers[]> {
    return this.#nodeWith(sessionId).listWantedLayers(sessionId);
  }

  async listConsumers(sessionId: string): Promise<ConsumerOptions[]> {
    return this.#nodeWith(sessionId).listConsumers(sessionId);
  }

  async resumeConsumers(sessionId: string, consumerIds: string[]): Promise<void> {
    return this.#nodeWith(sessionId).resumeConsumers(sessionId, consumerIds);
  }

  async pauseConsumers(sessionId: string, consumerIds: string[]): Promise<void> {
    return this.#nodeWith(sessionId).pauseConsumers(sessionId, consumerIds);
  }

  async setConsumerLayers(sessionId: string, consumerId: string, layers: Layers | null): Promise<void> {
    return this.#nodeWith(sessionId).setConsumerLayers(sessionId, consumerId, layers);
  }

  on<N extends keyof MediaNodeEvents>(name: N, listener: (event: MediaNodeEvents[N]) => void): void {
    this.#events.on(name, listener);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    this.#origins.clear();
    this.#nodeOfSession.clear();
    await Promise.all(entries.map(({ node }) => node.close()));
  }

  /**
   * Closes something on a node. One that cannot be reached now is asked again until it can, or is gone with everything on
   * it; nobody waits for that.
   */
  async #closeAt(entry: Entry, close: () => Promise<void>, isOpenAgain = () => false): Promise<void> {
    try {
      await close();
    } catch (error) {
      if (error instanceof MeshliftError && SETTLED.has(error.code)) return;
      if (!(error instanceof MeshliftError) || !UNREACHED.has(error.code)) throw error;
      const again = () => {
        if (this.#entries.get(entry.process) !== entry || isOpenAgain()) return;
        this.#closeAt(entry, close, isOpenAgain).catch(() => undefined);
      };
      setTimeout(again, CLOSE_AGAIN_AFTER_MS).unref();
    }
  }

  /** Tries one node after another until one takes it. */
  async #place<T>(
    relay: { relayId: string; origin: string } | undefined,
    open: (entry: Entry) => Promise<T>,
  ): Promise<T> {
    if (this.#closed) throw new MeshliftError('SERVER_CLOSING');
    const deadline = performance.now() + PLACE_WITHIN_MS;
    const refused = new Set<Entry>();
    let refusal = new MeshliftError(this.size === 0 ? 'NODE_UNREACHABLE' : 'CLUSTER_FULL');
    while (refused.size < MAX_REFUSALS && (refusal.code !== 'SERVER_FULL' || performance.now() < deadline)) {
      const entry = this.#choose(relay, refused);
      if (!entry) break;
      entry.placed += 1;
      try {
        const opened = await open(entry);
        entry.avoidedUntil = 0;
        return opened;
      } catch (error) {
        entry.placed -= 1;
        if (!(error instanceof MeshliftError) || !REFUSALS.has(error.code)) throw error;
        if (UNANSWERED.has(error.code)) entry.avoidedUntil = performance.now() + AVOID_MS;
        refused.add(entry);
        refusal = error;
      }
    }
    if (refusal.code === 'SERVER_FULL' && this.size > 1) throw new MeshliftError('CLUSTER_FULL');
    throw refusal;
  }

  #choose(
    relay: { relayId: string; origin: string } | undefined,
    refused: ReadonlySet<Entry>,
  ): Entry | undefined {
    const [only] = this.#entries.values();
    // It knows itself best whether it is full.
    if (only && this.size === 1) return refused.has(only) ? undefined : only;
    const candidates = [...this.#entries.values()]
      .filter((entry) => !refused.has(entry))
      .map((entry) => ({
        node: entry,
        facts: { ...entry.facts, load: Math.min(1, entry.facts.load + entry.placed * PLACED_LOAD) },
        carries:
          relay !== undefined && (entry.process === relay.origin || entry.sessions.hasRelay(relay.relayId)),
        own: entry.process === this.#self,
      }));
    const now = performance.now();
    const answering = candidates.filter(({ node }) => node.avoidedUntil <= now);
    const at = { region: this.#region };
    return chooseNode(answering, at) ?? chooseNode(candidates, at);
  }

  /** A session is known by its id while it is being opened: it may be closed, or end, before it is open. */
  async #openSession<T>(
    entry: Entry,
    { relayId, sessionId }: { relayId: string; sessionId: string },
    open: () => Promise<T>,
  ): Promise<T> {
    this.#know(entry, sessionId, relayId);
    try {
      const opened = await open();
      if (this.#nodeOfSession.get(sessionId) !== entry) throw new MeshliftError('SESSION_NOT_FOUND');
      return opened;
    } catch (error) {
      if (this.#nodeOfSession.get(sessionId) === entry) this.#forgetSession(entry, sessionId);
      // A node that answered too late may have opened it.
      if (error instanceof MeshliftError && error.code === 'REQUEST_TIMEOUT') {
        entry.node.closeSession(sessionId).catch(() => undefined);
      }
      throw error;
    }
  }

  #know(entry: Entry, sessionId: string, relayId: string): void {
    this.#nodeOfSession.set(sessionId, entry);
    entry.sessions.add(sessionId, relayId);
  }

  #follow(entry: Entry): void {
    const { node } = entry;
    // What is gone is forgotten before anybody hears of it, who may open it again at once.
    node.on('sessionClosed', (event) => {
      this.#forgetSession(entry, event.sessionId);
      this.#events.emit('sessionClosed', event);
    });
    node.on('relayLost', ({ relayId }) => {
      if (this.#origins.get(relayId) === entry) this.#relayLost(entry, relayId);
      else for (const sessionId of entry.sessions.inRelay(relayId)) this.#sessionLost(entry, sessionId);
    });
    node.on('ingestFlow', (event) => {
      // Edges report it too, of relays that other processes have opened as well.
      if (this.#origins.get(event.relayId) === entry) this.#events.emit('ingestFlow', event);
    });
    for (const name of PASSED_ON) {
      node.on(name, (event) => this.#events.emit(name, event));
    }
  }

  #relayLost(entry: Entry, relayId: string): void {
    this.#forgetRelay(relayId, entry);
    this.#events.emit('relayLost', { relayId });
  }

  #sessionLost(entry: Entry, sessionId: string): void {
    this.#forgetSession(entry, sessionId);
    this.#events.emit('sessionClosed', { sessionId, code: 'MEDIA_FAILED' });
  }

  /**
   * Asks the node of a session for which nothing arrives at its client. A node that does not answer either is lost for
   * that session, which ends; others on it may still be served.
   */
  async #unlessLost<T>(sessionId: string, ask: (node: MediaNode) => Promise<T>): Promise<T> {
    const entry = this.#nodeOfSession.get(sessionId);
    if (!entry) throw new MeshliftError('SESSION_NOT_FOUND');
    try {
      return await ask(entry.node);
    } catch (error) {
      const isLost = error instanceof MeshliftError && LOST.has(error.code);
      if (isLost && this.#nodeOfSession.get(sessionId) === entry) this.#sessionLost(entry, sessionId);
      throw error;
    }
  }

  #nodeWith(sessionId: string): MediaNode {
    const entry = this.#nodeOfSession.get(sessionId);
    if (!entry) throw new MeshliftError('SESSION_NOT_FOUND');
    return entry.node;
  }

  #forgetSession(entry: Entry, sessionId: string): void {
    entry.sessions.remove(sessionId);
    if (this.#nodeOfSession.get(sessionId) === entry) this.#nodeOfSession.delete(sessionId);
  }

  /** With its sessions on all nodes: edges whose origin is over end by themselves. */
  #forgetRelay(relayId: string, origin = this.#origins.get(relayId)): void {
    origin?.origins.delete(relayId);
    this.#origins.delete(relayId);
    for (const { sessions } of new Set([...this.#entries.values(), ...(origin ? [origin] : [])])) {
      for (const sessionId of sessions.inRelay(relayId)) this.#nodeOfSession.delete(sessionId);
      sessions.removeRelay(relayId);
    }
  }
}

/** What tells that a node does not answer. */
const UNANSWERED: ReadonlySet<string> = new Set(['NODE_UNREACHABLE', 'REQUEST_TIMEOUT']);

/** What a node has not heard of, as far as is known. */
const UNREACHED: ReadonlySet<string> = new Set([...UNANSWERED, 'DIRECTORY_UNAVAILABLE']);

/** Nothing is left to be closed: another process owns it by now, or this one ends with all that it has open. */
const SETTLED: ReadonlySet<string> = new Set(['STALE_OWNER', 'SERVER_CLOSING']);

/** What another node is asked after. */
const REFUSALS: ReadonlySet<string> = new Set(['SERVER_FULL', 'SERVER_CLOSING', ...UNREACHED]);

/** What tells that a session is over whose client receives nothing. */
const LOST: ReadonlySet<string> = new Set(['SESSION_NOT_FOUND', 'NODE_UNREACHABLE', 'REQUEST_TIMEOUT']);

/** Events that reach listeners as they are. */
const PASSED_ON = [
  'pathAbandoned',
  'mediaMissing',
  'mediaPasses',
  'layersWanted',
  'consumerOpened',
  'consumerClosed',
  'consumerPaused',
  'consumerLayers',
] as const;
