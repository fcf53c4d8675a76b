import {
  type ErrorCode,
  type MediaNode,
  MeshliftError,
  type RequestReply,
  type RtpCapabilities,
} from '@meshlift/protocol';
import type { Logger } from '@meshlift/telemetry';
import pLimit from 'p-limit';
import { KeyHash, newSessionId } from '../privacy/capabilities.ts';
import { type Client, Session, type SessionOwner } from '../sessions/session.ts';
import type { SessionRegistry } from '../sessions/session-registry.ts';
import { streamLinks } from './stream-links.ts';
import { ViewerCount } from './viewer-count.ts';

/** A stream that nobody has published to is forgotten after this long. */
const IDLE_FOR_AT_MOST_MS = 60 * 60_000;

/** A stream is the one source of its relay. */
const SOURCE = 'stream';

/**
 * - `idle`: created, nobody has published yet.
 * - `live`: media can flow from the publisher.
 * - `waiting`: it could, and the publisher is awaited for the grace time.
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

/**
 * One published stream: who publishes, who watches, and what becomes of both when somebody drops.
 * Whatever changes it runs through one queue, so that two of them never interleave.
 */
export class Stream implements SessionOwner {
  /** Changes when the stream is rotated. */
  #id: string;
  readonly #key: KeyHash;
  readonly #relayId = newSessionId();
  readonly #context: StreamContext;
  readonly #queue = pLimit(1);
  readonly #viewers = new Set<Session>();
  readonly #viewerCount: ViewerCount;
  #publisher: Session | undefined;
  #hasRelay = false;
  #state: Lifecycle = 'idle';
  /** Ends a stream that nobody publishes to: one never published, or one whose publisher does not come back. */
  #deadline: NodeJS.Timeout | undefined;

  constructor(id: string, publishKey: string, context: StreamContext) {
    this.#id = id;
    this.#key = new KeyHash(publishKey);
    this.#context = context;
    this.#viewerCount = new ViewerCount((viewers) => {
      for (const session of this.#sessions) session.send('stream:viewers', { viewers });
    });
    this.#endUnlessLiveWithin(IDLE_FOR_AT_MOST_MS);
  }

  get id(): string {
    return this.#id;
  }

  get relayId(): string {
    return this.#relayId;
  }

  get state(): Lifecycle {
    return this.#state;
  }

  get viewers(): number {
    return this.#viewers.size;
  }

  /** @throws MeshliftError `STREAM_NOT_YOURS` */
  assertKey(publishKey: string): void {
    if (!this.#key.matches(publishKey)) throw new MeshliftError('STREAM_NOT_YOURS');
  }

  /** Opens the way in for a client that has shown the key. Whoever published before is replaced. */
  publish(client: Client): Promise<RequestReply<'stream:publish'>> {
    return this.#queue(async () => {
      this.#assertNotEnded();
      const session = new Session(newSessionId(), 'publisher', this, client);
      const transport = await this.#openIngest(session);
      this.#publisher?.send('session:closed', { error: describe('SESSION_REPLACED') });
      this.#dropPublisher();
      this.#publisher = session;
      this.#context.sessions.add(session);
      const links = streamLinks(client.baseUrl, this.#id);
      return { sessionId: session.id, transport, links, viewers: this.#viewerCount.value };
    });
  }

  /**
   * Lets a client watch. Viewers come in any number at once and do not touch each other: they are not
   * queued, but how things stand is looked at again when the media node has answered.
   *
   * @throws MeshliftError `STREAM_NOT_FOUND` when the stream has ended or got another ID meanwhile
   */
  async watch(client: Client, rtpCapabilities: RtpCapabilities): Promise<RequestReply<'stream:watch'>> {
    const { node } = this.#context;
    const idAtStart = this.#id;
    const session = new Session(newSessionId(), 'viewer', this, client);
    const opened = await node.openViewer(this.#relayId, session.id, rtpCapabilities, { only: [SOURCE] });
    if (this.#state === 'ended' || this.#id !== idAtStart) {
      await node.closeSession(session.id);
      throw new MeshliftError('STREAM_NOT_FOUND');
    }
    this.#viewers.add(session);
    this.#context.sessions.add(session);
    this.#viewerCount.set(this.#viewers.size);
    return { sessionId: session.id, state: this.#watchableState, ...opened, viewers: this.#viewers.size };
  }

  /** Takes a session over to another connection. */
  async resume(session: Session, client: Client): Promise<RequestReply<'session:resume'>> {
    session.attach(client);
    const viewers = this.#viewerCount.value;
    const { node } = this.#context;
    if (session.role === 'publisher') {
      const links = streamLinks(client.baseUrl, this.#id);
      return { kind: 'publisher', links, viewers, wantedLayers: await node.listWantedLayers(session.id) };
    }
    const consumers = await node.listConsumers(session.id);
    return { kind: 'viewer', state: this.#watchableState, consumers, viewers };
  }

  /** The session's connection dropped; its media may still flow. */
  detach(session: Session): void {
    session.detach(this.#context.graceMs, () => {
      if (session === this.#publisher) void this.end();
      else void this.leave(session);
    });
  }

  /** A client ends its session. A publisher that leaves so may still come back within the grace time. */
  leave(session: Session): Promise<void> {
    return this.#queue(async () => {
      await this.#drop(session);
      await this.#context.node.closeSession(session.id);
    });
  }

  /** The media node closed a session by itself. */
  sessionLost(session: Session, code: ErrorCode): Promise<void> {
    return this.#queue(async () => {
      session.send('session:closed', { error: describe(code) });
      await this.#drop(session);
    });
  }

  /** The media node lost the relay; the next publisher gets a new one, and viewers join again. */
  relayLost(): Promise<void> {
    return this.#queue(async () => {
      this.#hasRelay = false;
      for (const viewer of [...this.#viewers]) {
        viewer.send('session:closed', { error: describe('MEDIA_FAILED') });
        this.#dropViewer(viewer);
      }
      this.#setFlowing(false);
    });
  }

  /** Media can flow from the publisher, or has stopped to. */
  ingestFlow(flowing: boolean): void {
    this.#setFlowing(flowing);
  }

  /**
   * Gives the stream a new ID. The publisher goes on and is told; everyone who held the old ID is dropped.
   *
   * @param rename makes the stream findable under the new ID and no longer under the old one
   */
  rotate(newId: string, rename: () => void): Promise<void> {
    return this.#queue(async () => {
      this.#assertNotEnded();
      this.#id = newId;
      rename();
      await this.#dropAllViewers();
      const client = this.#publisher?.client;
      if (client) this.#publisher?.send('stream:rotated', { links: streamLinks(client.baseUrl, newId) });
      this.#context.logger.info({ streamId: newId }, 'stream rotated');
    });
  }

  /** Ends the stream for everybody. Repeating it changes nothing. */
  end(): Promise<void> {
    if (this.#state !== 'ended') {
      this.#state = 'ended';
      clearTimeout(this.#deadline);
      this.#viewerCount.close();
      this.#context.ended(this);
      this.#context.logger.info({ streamId: this.#id }, 'stream ended');
    }
    return this.#queue(async () => {
      await this.#dropAllViewers();
      this.#publisher?.send('session:closed', {
        error: { code: 'STREAM_NOT_FOUND', message: 'The stream has ended.' },
      });
      this.#dropPublisher();
      await this.#closeRelay();
    });
  }

  get #sessions(): Session[] {
    return [...(this.#publisher ? [this.#publisher] : []), ...this.#viewers];
  }

  get #watchableState(): 'live' | 'waiting' {
    return this.#state === 'live' ? 'live' : 'waiting';
  }

  #endUnlessLiveWithin(ms: number): void {
    this.#deadline = setTimeout(() => void this.end(), ms);
    this.#deadline.unref();
  }

  #assertNotEnded(): void {
    if (this.#state === 'ended') throw new MeshliftError('STREAM_NOT_FOUND');
  }

  async #openIngest(session: Session) {
    const { node } = this.#context;
    if (!this.#hasRelay) {
      await node.openRelay(this.#relayId);
      this.#hasRelay = true;
    }
    try {
      return await node.openIngest(this.#relayId, session.id, SOURCE);
    } catch (error) {
      if (this.#state === 'idle') await this.#closeRelay();
      throw error;
    }
  }

  async #closeRelay(): Promise<void> {
    this.#hasRelay = false;
    await this.#context.node.closeRelay(this.#relayId);
  }

  #dropPublisher(): void {
    if (!this.#publisher) return;
    this.#context.sessions.remove(this.#publisher);
    this.#publisher = undefined;
  }

  #dropViewer(viewer: Session): void {
    this.#viewers.delete(viewer);
    this.#context.sessions.remove(viewer);
    this.#viewerCount.set(this.#viewers.size);
  }

  /** Viewers are told what anyone is told who asks for an ID that leads nowhere. */
  async #dropAllViewers(): Promise<void> {
    const viewers = [...this.#viewers];
    for (const viewer of viewers) {
      viewer.send('session:closed', { error: describe('STREAM_NOT_FOUND') });
      this.#dropViewer(viewer);
    }
    await Promise.all(viewers.map(({ id }) => this.#context.node.closeSession(id)));
  }

  /** Takes a session out of the stream, whichever part it had. */
  async #drop(session: Session): Promise<void> {
    if (this.#viewers.has(session)) this.#dropViewer(session);
    if (session !== this.#publisher) return;
    this.#dropPublisher();
    // A stream that never was live has nobody who could wait for it: its relay is not kept.
    if (this.#state === 'idle') await this.#closeRelay();
    else this.#setFlowing(false);
  }

  #setFlowing(flowing: boolean): void {
    const next: Lifecycle = flowing ? 'live' : 'waiting';
    if (this.#state === 'ended' || this.#state === next || (!flowing && this.#state === 'idle')) return;
    this.#state = next;
    clearTimeout(this.#deadline);
    if (!flowing) this.#endUnlessLiveWithin(this.#context.graceMs);
    this.#context.logger.info({ streamId: this.#id, state: next }, 'stream state');
    for (const viewer of this.#viewers) viewer.send('stream:state', { state: next });
  }
}

/** An error as it travels in an event, with the sentence that belongs to its code. */
function describe(code: ErrorCode): { code: ErrorCode; message: string } {
  return new MeshliftError(code).toBody().error;
}
