import {
  type ErrorCode,
  type MediaNode,
  MeshliftError,
  type RequestReply,
  type ViewerOpened,
  type ViewerTerms,
} from '@meshlift/protocol';
import type { Logger } from '@meshlift/telemetry';
import pLimit from 'p-limit';
import { KeyHash } from '../access/capabilities.ts';
import type { Client, Session, SessionOwner } from '../sessions/session.ts';
import type { SessionRegistry } from '../sessions/session-registry.ts';
import type { StreamSource } from './stream-source.ts';
import { ViewerCount } from './viewer-count.ts';

/** A stream that nobody has published to is forgotten after this long. */
export const IDLE_FOR_AT_MOST_MS = 60 * 60_000;

/**
 * - `idle`: created, nobody has published yet.
 * - `live`: media can flow from the publisher.
 * - `waiting`: it could, and the publisher is awaited for the grace time; or it is offered and not sent yet.
 * - `ended`: over for good.
 */
export type Lifecycle = 'idle' | 'live' | 'waiting' | 'ended';

/** What a stream needs of the world around it. */
export interface StreamContext {
  node: MediaNode;
  logger: Logger;
  graceMs: number;
  sessions: SessionRegistry;
  /** The stream is over and must not be found any more. */
  ended(stream: Stream): void;
}

/** A viewer that has been let in. */
export interface Watching<T extends ViewerTerms> {
  session: Session;
  /** What the media node has answered to its terms. */
  opened: ViewerOpened<T>;
  state: 'live' | 'waiting';
  viewers: number;
}

/**
 * What can be watched under one stream ID: who watches it, and what becomes of them when the one who sends
 * drops. Whatever changes it runs through one queue, so that two of them never interleave.
 */
export class Stream implements SessionOwner {
  readonly source: StreamSource;
  /** Changes when the stream is rotated. */
  #id: string;
  readonly key: KeyHash;
  readonly #context: StreamContext;
  readonly #queue = pLimit(1);
  readonly #viewers = new Set<Session>();
  readonly #viewerCount: ViewerCount;
  /** Viewers whose transport is being opened. */
  #coming = 0;
  #allowed = true;
  #state: Lifecycle;
  /** Ends a stream that nobody publishes to: one never published, or one whose publisher does not come back. */
  #deadline: NodeJS.Timeout | undefined;

  /** @param source makes what the stream shows */
  constructor(
    id: string,
    publishKey: string,
    context: StreamContext,
    source: (stream: Stream) => StreamSource,
  ) {
    this.#id = id;
    this.key = new KeyHash(publishKey);
    this.#context = context;
    this.source = source(this);
    this.#viewerCount = new ViewerCount((viewers) => {
      this.source.viewersChanged(viewers);
      for (const session of this.#viewers) session.send('stream:viewers', { viewers });
    });
    this.#state = this.source.offered ? 'waiting' : 'idle';
    if (!this.source.offered) this.#endUnlessLiveWithin(IDLE_FOR_AT_MOST_MS);
  }

  get logFields(): { streamId: string } {
    return { streamId: this.#id };
  }

  get id(): string {
    return this.#id;
  }

  get state(): Lifecycle {
    return this.#state;
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  /** Whether anybody who has the ID may watch. */
  get allowed(): boolean {
    return this.#allowed;
  }

  /** Whether there is something to watch or to wait for, and anybody may. */
  get watchable(): boolean {
    return this.#allowed && (this.#state === 'live' || this.#state === 'waiting');
  }

  /** @throws MeshliftError `STREAM_NOT_YOURS` */
  assertKey(publishKey: string): void {
    if (!this.key.matches(publishKey)) throw new MeshliftError('STREAM_NOT_YOURS');
  }

  /** @throws MeshliftError `STREAM_NOT_FOUND` */
  assertNotEnded(): void {
    if (this.#state === 'ended') throw new MeshliftError('STREAM_NOT_FOUND');
  }

  /** Does something to the stream when what was asked for before is done. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#queue(work);
  }

  /**
   * Lets a client watch. Viewers come in any number at once and do not touch each other: they are not
   * queued, but the stream's state is checked again when the media node has answered.
   *
   * @param terms what the client can decode, or its offer
   * @throws MeshliftError `STREAM_NOT_FOUND` when the stream has ended or got another ID meanwhile; or what the media
   *   node refuses
   */
  async watch<T extends ViewerTerms>(client: Client, terms: T): Promise<Watching<T>> {
    const { node, sessions } = this.#context;
    const { relayId, sourceId } = this.source;
    const idAtStart = this.#id;
    const session = sessions.create({ role: 'viewer', owner: this, client });
    const assertStillThere = () => {
      if (!this.watchable || this.#id !== idAtStart) throw new MeshliftError('STREAM_NOT_FOUND');
    };
    this.#countComing(1);
    try {
      await this.source.open();
      const subscription = { only: [sourceId] };
      const opened = await node.openViewer({ relayId, sessionId: session.id, subscription, terms });
      assertStillThere();
      this.#viewers.add(session);
      sessions.add(session);
      this.#viewerCount.set(this.#viewers.size);
      return { session, opened, state: this.#watchableState, viewers: this.#viewers.size };
    } catch (error) {
      await node.closeSession(session.id);
      assertStillThere();
      throw error;
    } finally {
      this.#countComing(-1);
    }
  }

  /** Takes a viewer's session over to another connection. */
  async resume(session: Session, client: Client): Promise<RequestReply<'session:resume'>> {
    session.attach(client);
    const consumers = await this.#context.node.listConsumers(session.id);
    return { kind: 'viewer', state: this.#watchableState, consumers, viewers: this.#viewerCount.value };
  }

  /** A viewer's connection dropped; its media may still flow. */
  detach(session: Session): void {
    session.detach(this.#context.graceMs, () => void this.leave(session));
  }

  /** A viewer ends its session. */
  leave(session: Session): Promise<void> {
    return this.inTurn(async () => {
      this.#dropViewer(session);
      await this.#context.node.closeSession(session.id);
    });
  }

  /** The media node closed a viewer's session by itself. */
  sessionLost(session: Session, error: MeshliftError): Promise<void> {
    return this.inTurn(async () => {
      session.send('session:closed', error.toBody());
      this.#dropViewer(session);
    });
  }

  /** The media node lost the relay: viewers join again. */
  relayLost(): Promise<void> {
    return this.inTurn(async () => {
      this.source.relayLost();
      await this.#dropAllViewers('MEDIA_FAILED');
      this.ingestFlow(false);
    });
  }

  /** Media can flow to the relay, or has stopped to. */
  ingestFlow(flowing: boolean): void {
    const next: Lifecycle = flowing ? 'live' : 'waiting';
    if (this.#state === 'ended' || this.#state === next || (!flowing && this.#state === 'idle')) return;
    this.#state = next;
    clearTimeout(this.#deadline);
    if (!flowing && !this.source.offered) this.#endUnlessLiveWithin(this.#context.graceMs);
    this.#context.logger.info({ streamId: this.#id, state: next }, 'stream state');
    for (const viewer of this.#viewers) viewer.send('stream:state', { state: next });
  }

  /** Refuses everybody, and drops those who watch, or lets them in again. The ID stays the same. */
  async setAllowed(allowed: boolean): Promise<void> {
    this.#allowed = allowed;
    if (!allowed) await this.#dropAllViewers('STREAM_NOT_FOUND');
  }

  /**
   * Gives the stream a new ID. The publisher goes on and is told; everyone who held the old ID is dropped.
   *
   * @param rename makes the stream findable under the new ID and no longer under the old one
   */
  rotate(newId: string, rename: () => void): Promise<void> {
    return this.inTurn(async () => {
      this.assertNotEnded();
      this.#id = newId;
      rename();
      await this.#dropAllViewers('STREAM_NOT_FOUND');
      this.source.renamed();
      this.#context.logger.info({ streamId: newId }, 'stream rotated');
    });
  }

  /**
   * Ends the stream for everybody. Repeating it changes nothing.
   *
   * @param code what its viewers are told
   */
  end(code: 'STREAM_NOT_FOUND' | 'MEDIA_FAILED' = 'STREAM_NOT_FOUND'): Promise<void> {
    if (this.#state !== 'ended') {
      this.#state = 'ended';
      clearTimeout(this.#deadline);
      this.#viewerCount.close();
      this.#context.ended(this);
      this.#context.logger.info({ streamId: this.#id }, 'stream ended');
    }
    return this.inTurn(async () => {
      await this.#dropAllViewers(code);
      await this.source.close();
    });
  }

  get #watchableState(): 'live' | 'waiting' {
    return this.#state === 'live' ? 'live' : 'waiting';
  }

  #endUnlessLiveWithin(ms: number): void {
    this.#deadline = setTimeout(() => void this.end(), ms);
    this.#deadline.unref();
  }

  #countComing(change: number): void {
    this.#coming += change;
    this.#tellWanted();
  }

  #tellWanted(): void {
    this.source.wantedBy(this.watchable ? this.#viewers.size + this.#coming : 0);
  }

  #dropViewer(viewer: Session): void {
    if (!this.#viewers.delete(viewer)) return;
    this.#context.sessions.remove(viewer);
    this.#viewerCount.set(this.#viewers.size);
    this.#tellWanted();
  }

  /** `STREAM_NOT_FOUND` is what anyone is told who asks for an ID that leads nowhere. */
  async #dropAllViewers(code: ErrorCode): Promise<void> {
    const viewers = [...this.#viewers];
    for (const viewer of viewers) {
      viewer.send('session:closed', new MeshliftError(code).toBody());
      this.#dropViewer(viewer);
    }
    await Promise.all(viewers.map(({ id }) => this.#context.node.closeSession(id)));
  }
}
