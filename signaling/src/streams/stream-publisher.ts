import { setTimeout as pause } from 'node:timers/promises';
import { type IngestOpened, type IngestTerms, MeshliftError, type RequestReply } from '@meshlift/protocol';
import { newSessionId } from '../access/capabilities.ts';
import type { Client, Session, SessionOwner } from '../sessions/session.ts';
import type { Stream, StreamContext } from './stream.ts';
import { streamLinks } from './stream-links.ts';
import type { StreamSource } from './stream-source.ts';
import { Takeovers } from './takeovers.ts';

/** A publisher that has been let in. */
export interface Publishing<T extends IngestTerms> {
  session: Session;
  /** What the media node has answered to its terms. */
  opened: IngestOpened<T>;
}

/** The media node may learn a little later than this process that the owner before is gone. */
const ADOPT_AGAIN_AFTER_MS = 500;
const MAX_ADOPTIONS = 20;

/** A relay that another owner of a stream has opened, and where it is. */
export interface InheritedRelay {
  relayId: string;
  origin: string;
}

/** A stream of its own: one relay with one source, and the client that has shown the key and publishes. */
export class StreamPublisher implements StreamSource, SessionOwner {
  readonly sourceId = 'stream';
  readonly offered = false;
  readonly #stream: Stream;
  readonly #context: StreamContext;
  #session: Session | undefined;
  /** The one that takes its place as soon as the media node has accepted something that it sends. */
  #next: Session | undefined;
  #by: 'whip' | 'page' = 'page';
  #hasRelay = false;
  #relayId = newSessionId();
  /** What another owner of the stream has left at a media node. */
  #inherited: InheritedRelay | undefined;
  readonly #takeovers = new Takeovers();

  constructor(stream: Stream, context: StreamContext, inherited?: InheritedRelay) {
    this.#stream = stream;
    this.#context = context;
    this.#inherited = inherited;
  }

  get relayId(): string {
    return this.#inherited?.relayId ?? this.#relayId;
  }

  get inheritedFrom(): string | undefined {
    return this.#inherited?.origin;
  }

  /**
   * Opens an ingest for a client that has shown the key. It takes over from whoever published before, whose session
   * ends when what the new one sends has been accepted: an encoder that was killed and starts again cannot wait until
   * it is considered gone.
   *
   * @param terms an encoder's offer; a page makes none
   * @throws MeshliftError `STREAM_NOT_FOUND`; `STREAM_LIVE` for an encoder that takes the stream from another one over
   *   and over; or what the media node refuses
   */
  publish<T extends IngestTerms>(client: Client, terms: T): Promise<Publishing<T>> {
    const by = terms.offer === undefined ? 'page' : 'whip';
    const stream = this.#stream;
    return stream.inTurn(async () => {
      stream.assertNotEnded();
      const takesOver = by === 'whip' && this.#session !== undefined && stream.state === 'live';
      if (takesOver && !this.#takeovers.allowed()) throw new MeshliftError('STREAM_LIVE');
      const session = this.#context.sessions.create({ role: 'publisher', owner: this, client });
      const opened = await this.#openIngest(session, terms);
      if (takesOver) this.#takeovers.count();
      this.#context.sessions.add(session);
      await this.#dropNext(new MeshliftError('SESSION_REPLACED'));
      if (this.#session && by === 'page') {
        this.#next = session;
      } else {
        this.#session?.send('session:closed', new MeshliftError('SESSION_REPLACED').toBody());
        this.#drop('SESSION_REPLACED');
        this.#session = session;
        this.#by = by;
      }
      return { session, opened };
    });
  }

  get logFields(): { streamId: string } {
    return this.#stream.logFields;
  }

  get sender() {
    return this.#session && { sessionId: this.#session.id, by: this.#by };
  }

  /** Takes the session over to another connection. */
  async resume(session: Session, client: Client): Promise<RequestReply<'session:resume'>> {
    session.attach(client);
    const { id, viewerCount: viewers } = this.#stream;
    const wantedLayers = await this.#context.node.listWantedLayers(session.id);
    return { kind: 'publisher', links: streamLinks(client.baseUrl, id), viewers, wantedLayers };
  }

  /**
   * Makes what another owner has left at a media node this one's: the relay, with all who watch, and the ingest that
   * still sends to it. Where that owner is not known to be gone yet, it is tried again for a while.
   */
  async adopt(): Promise<void> {
    for (let attempt = 0; attempt < MAX_ADOPTIONS; attempt += 1) {
      if (await this.#stream.inTurn(() => this.#tryToAdopt())) return;
      await pause(ADOPT_AGAIN_AFTER_MS, undefined, { ref: false });
    }
    if (this.#inherited) await this.#stream.relayLost();
  }

  /** The publisher's connection dropped; its media may still flow. */
  detach(session: Session): void {
    session.detach(this.#context.graceMs, () => {
      if (session === this.#session && !this.#next) void this.#stream.end();
      else void this.leave(session);
    });
  }

  /** The publisher ends its session. It may still come back within the grace time. */
  leave(session: Session): Promise<void> {
    return this.#stream.inTurn(async () => {
      await this.#left(session);
      await this.#context.node.closeSession(session.id);
    });
  }

  /** The media node closed the session by itself. */
  sessionLost(session: Session, error: MeshliftError): Promise<void> {
    return this.#stream.inTurn(async () => {
      session.send('session:closed', error.toBody());
      await this.#left(session, error.code === 'SESSION_REPLACED' ? error.code : undefined);
    });
  }

  /** The relay is there for as long as the stream can be watched. */
  async open(): Promise<void> {}

  /** Which layers are wanted is all that a publisher needs to know. */
  wantedBy(): void {}

  viewersChanged(viewers: number): void {
    for (const session of this.#sessions) session.send('stream:viewers', { viewers });
  }

  renamed(): void {
    for (const session of this.#sessions) {
      const { client } = session;
      if (client) session.send('stream:rotated', { links: streamLinks(client.baseUrl, this.#stream.id) });
    }
  }

  /** The next publisher gets a new one. */
  relayLost(): void {
    this.#hasRelay = false;
    this.#giveUpInherited();
  }

  async close({ isLost = false } = {}): Promise<void> {
    const error = isLost
      ? new MeshliftError('MEDIA_FAILED')
      : new MeshliftError('STREAM_NOT_FOUND', 'The stream has ended.');
    await this.#dropNext(error);
    this.#session?.send('session:closed', error.toBody());
    this.#drop();
    await this.#closeRelay();
  }

  async #openIngest<T extends IngestTerms>(session: Session, terms: T): Promise<IngestOpened<T>> {
    const { node } = this.#context;
    if (this.#inherited) {
      // Nobody else can publish to a relay that another process has opened: viewers join again.
      this.#giveUpInherited();
      await this.#stream.viewersHere.dropAll('MEDIA_FAILED');
    }
    if (!this.#hasRelay) {
      await node.openRelay(this.relayId);
      this.#hasRelay = true;
    }
    try {
      const { relayId, sourceId } = this;
      return await node.openIngest({ relayId, sessionId: session.id, sourceId, terms });
    } catch (error) {
      if (this.#stream.state === 'idle' && !this.#session) await this.#closeRelay();
      throw error;
    }
  }

  /** @returns whether it is decided */
  async #tryToAdopt(): Promise<boolean> {
    const inherited = this.#inherited;
    if (!inherited || this.#stream.state === 'ended') return true;
    try {
      const adoption = await this.#context.node.adoptRelay(inherited.origin, inherited.relayId);
      if ('heldBy' in adoption) return false;
      this.#relayId = inherited.relayId;
      this.#hasRelay = true;
      this.#inherited = undefined;
      const { ingests } = adoption.adopted;
      const current = ingests.find(({ flowing }) => flowing) ?? ingests[0];
      if (current && !this.#session) await this.#inheritSession(current.sessionId);
      this.#stream.ingestFlow(ingests.some(({ flowing }) => flowing));
      this.#stream.changed();
      return true;
    } catch (error) {
      // A node that cannot be reached may still serve those who watch.
      const isKnown = this.#context.node.has(inherited.origin);
      if (!isKnown || MeshliftError.from(error).code !== 'MEDIA_FAILED') return false;
      void this.#stream.relayLost();
      return true;
    }
  }

  /** The session lasts as long as its path does: nobody can say whether its client comes back for it. */
  async #inheritSession(id: string): Promise<void> {
    const { node, sessions } = this.#context;
    this.#session = sessions.inherit({ id, role: 'publisher', owner: this });
    // Only what encoders send is inspected.
    const report = await node.inspectIngest(id).catch(() => undefined);
    this.#by = report && report.tracks.length > 0 ? 'whip' : 'page';
  }

  #giveUpInherited(): void {
    if (!this.#inherited) return;
    this.#context.byRelay.move(this.#stream, () => {
      this.#inherited = undefined;
    });
    this.#stream.changed();
  }

  async #closeRelay(): Promise<void> {
    this.#hasRelay = false;
    await this.#context.node.closeRelay(this.relayId);
  }

  /** @param why what the session answers if its client comes back for it */
  #drop(why?: 'SESSION_REPLACED'): void {
    if (!this.#session) return;
    this.#context.sessions.remove(this.#session, why);
    this.#session = undefined;
  }

  get #sessions(): Session[] {
    return [this.#session, this.#next].filter((session) => session !== undefined);
  }

  async #dropNext(error: MeshliftError): Promise<void> {
    const next = this.#next;
    if (!next) return;
    this.#next = undefined;
    next.send('session:closed', error.toBody());
    this.#context.sessions.remove(next, error.code === 'SESSION_REPLACED' ? error.code : undefined);
    await this.#context.node.closeSession(next.id);
  }

  async #left(session: Session, why?: 'SESSION_REPLACED'): Promise<void> {
    if (session === this.#next) {
      this.#next = undefined;
      this.#context.sessions.remove(session);
    }
    if (session !== this.#session) return;
    this.#drop(why);
    if (this.#next) {
      // Whether media flows from it the media node reports by itself.
      this.#session = this.#next;
      this.#next = undefined;
      this.#by = 'page';
      return;
    }
    // A stream that never was live has nobody who could wait for it: its relay is not kept.
    if (this.#stream.state === 'idle') await this.#closeRelay();
    else this.#stream.ingestFlow(false);
  }
}
