import type { EventName, EventPayload, MeshliftError, RequestReply } from '@meshlift/protocol';

/** The connection a session is reached through. */
export interface Client {
  send<N extends EventName>(name: N, payload: EventPayload<N>): void;
  /** What links to this server begin with, as this client sees it. */
  readonly baseUrl: string;
  /** The session is over or has moved to another connection. */
  forget(session: Session): void;
  /** Ends the connection, when this process does not answer for its sessions any more. The client comes back. */
  drop(): void;
}

export type SessionRole = 'publisher' | 'viewer' | 'participant';

/** What a session is part of, and who decides what becomes of it. */
export interface SessionOwner {
  /** What it is, for the log. */
  readonly logFields: { streamId?: string; roomId?: string };
  /** The session's connection dropped; its media may still flow. */
  detach(session: Session): void;
  /** The client came back on another connection. */
  resume(session: Session, client: Client): Promise<RequestReply<'session:resume'>>;
  /** The client ends its session. */
  leave(session: Session): Promise<void>;
  /** The media node closed the session by itself. */
  sessionLost(session: Session, error: MeshliftError): Promise<void>;
}

type OwnPayload<N extends EventName> = Omit<EventPayload<N>, 'sessionId'>;

/**
 * One person's part in a stream or a room. It outlives the connection it was opened on: when that
 * drops, media keeps flowing, and the session waits for a while to be resumed from another one.
 */
export class Session {
  readonly id: string;
  readonly role: SessionRole;
  readonly owner: SessionOwner;
  #client: Client | undefined;
  #expiry: NodeJS.Timeout | undefined;

  constructor(id: string, role: SessionRole, owner: SessionOwner, client: Client) {
    this.id = id;
    this.role = role;
    this.owner = owner;
    this.#client = client;
  }

  /** The connection, or `undefined` while the session waits for one. */
  get client(): Client | undefined {
    return this.#client;
  }

  /** Sends to the client, if there is one: one that is away learns the state of things when it resumes. */
  send<N extends EventName>(name: N, payload: OwnPayload<N>): void {
    this.#client?.send(name, { sessionId: this.id, ...payload } as unknown as EventPayload<N>);
  }

  /** The connection dropped: waits to be resumed. */
  detach(withinMs: number, onExpiry: () => void): void {
    this.#client = undefined;
    this.#expiry = setTimeout(onExpiry, withinMs);
    this.#expiry.unref();
  }

  /** Moves the session to another connection. */
  attach(client: Client): void {
    clearTimeout(this.#expiry);
    if (this.#client !== client) this.#client?.forget(this);
    this.#client = client;
  }

  /** Takes the session from its connection for good. */
  release(): void {
    clearTimeout(this.#expiry);
    this.#client?.forget(this);
    this.#client = undefined;
  }
}
