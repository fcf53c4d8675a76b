import {
  type ErrorCode,
  type MediaNode,
  MeshliftError,
  type RequestReply,
  type ViewerOpened,
  type ViewerTerms,
} from '@meshlift/protocol';
import type { Client, Session, SessionOwner } from '../sessions/session.ts';
import type { SessionRegistry } from '../sessions/session-registry.ts';

/** Where the media of a stream is. */
export interface MediaPlace {
  relayId: string;
  sourceId: string;
  /** The process whose media node has the relay's ingests, where that is another one. */
  origin?: string | undefined;
}

/** A stream as those who watch it through this door know it, wherever its owner is. */
export interface Watchable {
  /** Changes when the stream is rotated. */
  readonly id: string;
  readonly logFields: { streamId: string };
  /** Whether there is something to watch or to wait for, and anybody may. */
  readonly watchable: boolean;
  readonly flow: 'live' | 'waiting';
  /** How many watch, through all doors. */
  readonly viewerCount: number;
  /** Ensures that the relay exists before a viewer joins. @throws MeshliftError `SERVER_FULL`, `STREAM_NOT_FOUND` */
  open(): Promise<MediaPlace>;
  /** Does something when what was asked for before is done. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  /** Others watch through this door, or want to. */
  viewersHereChanged(): void;
}

/** A viewer that has been let in. */
export interface Watching<T extends ViewerTerms> {
  session: Session;
  /** What the media node has answered to its terms. */
  opened: ViewerOpened<T>;
  state: 'live' | 'waiting';
  viewers: number;
}

export interface ViewersContext {
  node: MediaNode;
  sessions: SessionRegistry;
  /** How long a session whose connection dropped is kept. */
  graceMs: number;
}

/** Those who watch a stream through this door. Their sessions stay theirs when the stream gets another owner. */
export class Viewers implements SessionOwner {
  readonly #context: ViewersContext;
  readonly #sessions = new Set<Session>();
  #stream: Watchable;
  /** Those whose transport is being opened. */
  #coming = 0;

  constructor(stream: Watchable, context: ViewersContext) {
    this.#stream = stream;
    this.#context = context;
  }

  get logFields(): { streamId: string } {
    return this.#stream.logFields;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Those included whose transport is being opened. */
  get wanting(): number {
    return this.#sessions.size + this.#coming;
  }

  /** The stream has another owner. */
  moveTo(stream: Watchable): void {
    this.#stream = stream;
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
    const idAtStart = this.#stream.id;
    const session = sessions.create({ role: 'viewer', owner: this, client });
    const assertStillThere = () => {
      if (!this.#stream.watchable || this.#stream.id !== idAtStart) {
        throw new MeshliftError('STREAM_NOT_FOUND');
      }
    };
    this.#countComing(1);
    try {
      const { relayId, sourceId, origin } = await this.#stream.open();
      const subscription = { only: [sourceId] };
      const opened = await node.openViewer({ relayId, sessionId: session.id, origin, subscription, terms });
      assertStillThere();
      this.#sessions.add(session);
      sessions.add(session);
      this.#stream.viewersHereChanged();
      const { flow, viewerCount } = this.#stream;
      return { session, opened, state: flow, viewers: viewerCount };
    } catch (error) {
      await node.closeSession(session.id);
      assertStillThere();
      throw error;
    } finally {
      this.#countComing(-1);
    }
  }

  /** Goes on with a session that another door had, whose client is expected here. */
  inherit(sessionId: string): Session {
    const session = this.#context.sessions.inherit({ id: sessionId, role: 'viewer', owner: this });
    this.#sessions.add(session);
    this.#stream.viewersHereChanged();
    return session;
  }

  /** Takes a viewer's session over to another connection. */
  async resume(session: Session, client: Client): Promise<RequestReply<'session:resume'>> {
    session.attach(client);
    const consumers = await this.#context.node.listConsumers(session.id);
    const { flow, viewerCount } = this.#stream;
    return { kind: 'viewer', state: flow, consumers, viewers: viewerCount };
  }

  /** A viewer's connection dropped; its media may still flow. */
  detach(session: Session): void {
    session.detach(this.#context.graceMs, () => void this.leave(session));
  }

  /** A viewer ends its session. */
  leave(session: Session): Promise<void> {
    return this.#stream.inTurn(async () => {
      this.#drop(session);
      await this.#context.node.closeSession(session.id);
    });
  }

  /** The media node closed a viewer's session by itself. */
  sessionLost(session: Session, error: MeshliftError): Promise<void> {
    return this.#stream.inTurn(async () => {
      session.send('session:closed', error.toBody());
      this.#drop(session);
    });
  }

  sendState(state: 'live' | 'waiting'): void {
    for (const viewer of this.#sessions) viewer.send('stream:state', { state });
  }

  sendCount(viewers: number): void {
    for (const viewer of this.#sessions) viewer.send('stream:viewers', { viewers });
  }

  /** `STREAM_NOT_FOUND` is what anyone is told who asks for an ID that leads nowhere. */
  async dropAll(code: ErrorCode): Promise<void> {
    const viewers = [...this.#sessions];
    for (const viewer of viewers) {
      viewer.send('session:closed', new MeshliftError(code).toBody());
      this.#drop(viewer);
    }
    await Promise.all(viewers.map(({ id }) => this.#context.node.closeSession(id)));
  }

  #countComing(change: number): void {
    this.#coming += change;
    this.#stream.viewersHereChanged();
  }

  #drop(viewer: Session): void {
    if (!this.#sessions.delete(viewer)) return;
    this.#context.sessions.remove(viewer);
    this.#stream.viewersHereChanged();
  }
}
