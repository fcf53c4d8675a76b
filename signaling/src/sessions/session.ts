import type { EventName, EventPayload, MeshliftError, RequestReply } from '@meshlift/protocol';

/** The connection a session is reached through. */
export interface Client {
  send<N extends EventName>(name: N, payload: EventPayload<N>): void;
  /** What links to this server begin with, as this client sees it. */
  readonly baseUrl: string;
  /** What it names its sessions by. */
  readonly tokenKind: TokenKind;
  /** The session is over or has moved to another connection. */
  forget(session: Session): void;
  /** Ends the connection, when this process does not answer for its sessions any more. The client comes back. */
  drop(): void;
}

/**
 * Whom a session's token is for: clients with a socket, and those of each protocol over HTTP. None can use the tokens of
 * another. Clients of version 1 of the protocol refuse what is as long as a token: they get a short one, which says
 * nothing and is known to the process that issued it alone.
 */
export type TokenKind = SocketTokenKind | 'whip' | 'whep';
export type SocketTokenKind = 'session' | 'short';

export const sessionRoles = ['publisher', 'viewer', 'participant'] as const;
export type SessionRole = (typeof sessionRoles)[number];

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

interface SessionOptions {
  id: string;
  role: SessionRole;
  owner: SessionOwner;
  /** None for one that another process had: it waits for its client. */
  client: Client | undefined;
  /** Called once, when the token is first needed. */
  issueToken: (session: Session) => string;
}

type OwnPayload<N extends EventName> = Omit<EventPayload<N>, 'sessionId'>;

/**
 * One person's part in a stream or a room. It outlives the connection it was opened on: when that
 * drops, media keeps flowing, and the session waits for a while to be resumed from another one.
 */
export class Session {
  /** Its name, which the media node and the log know it by. It gives no right to anything. */
  readonly id: string;
  readonly role: SessionRole;
  readonly owner: SessionOwner;
  readonly #issueToken: (session: Session) => string;
  #token: string | undefined;
  #client: Client | undefined;
  #expiry: NodeJS.Timeout | undefined;

  constructor({ id, role, owner, client, issueToken }: SessionOptions) {
    this.id = id;
    this.role = role;
    this.owner = owner;
    this.#client = client;
    this.#issueToken = issueToken;
  }

  /** What its client names it by and resumes it with: a secret between the client and the cluster. */
  get token(): string {
    this.#token ??= this.#issueToken(this);
    return this.#token;
  }

  /** Its client has named it by this token, which another process had issued. */
  knownBy(token: string): void {
    this.#token ??= token;
  }

  /** The connection, or `undefined` while the session waits for one. */
  get client(): Client | undefined {
    return this.#client;
  }

  /** Sends to the client, if there is one: one that is away learns the state of things when it resumes. */
  send<N extends EventName>(name: N, payload: OwnPayload<N>): void {
    this.#client?.send(name, { sessionId: this.token, ...payload } as unknown as EventPayload<N>);
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
