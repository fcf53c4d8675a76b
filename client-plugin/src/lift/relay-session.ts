import { MeshliftError } from '@meshlift/protocol';
import { Emitter } from '../emitter.ts';
import type { SessionListeners, SignalingConnection, Welcome } from '../signaling/signaling-connection.ts';

/** What a session with a room's relay needs of the room. */
export interface RelaySessionContext {
  readonly connection: SignalingConnection;
  /** The participant's own session, which opens the others. */
  readonly sessionId: string;
  readonly welcome: Welcome;
}

export interface RelaySessionEvents {
  /** The relay has closed it, or it broke and cannot be mended. */
  failed: MeshliftError;
  /** It is connected, but no media gets through; without an error it does now. */
  media: { error?: MeshliftError };
}

/** A session with a room's relay: what sending and receiving have in common. */
export abstract class RelaySession<E extends RelaySessionEvents> extends Emitter<E> {
  protected readonly connection: SignalingConnection;
  protected readonly welcome: Welcome;
  protected readonly participantSession: string;
  #sessionId = '';
  #closed = false;
  #open: Promise<void> | undefined;

  constructor({ connection, sessionId, welcome }: RelaySessionContext) {
    super();
    this.connection = connection;
    this.participantSession = sessionId;
    this.welcome = welcome;
  }

  /** Resolves when media can flow. Repeating it changes nothing. @throws MeshliftError whatever stood in the way; it is closed then */
  open(): Promise<void> {
    this.#open ??= this.establish().catch((error: unknown) => {
      this.close();
      throw error;
    });
    return this.#open;
  }

  /** Opens it, and resolves when the media that there is can flow. @throws MeshliftError as `open` */
  abstract connected(): Promise<void>;

  /** Signaling is back on another connection. @throws MeshliftError if the server has let go of the session */
  abstract resume(): Promise<void>;

  /** Frees it here and, if signaling is up, on the server. Repeating it changes nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#sessionId !== '') {
      this.connection.unfollow(this.#sessionId);
      this.connection.request('session:close', { sessionId: this.#sessionId }).catch(() => undefined);
    }
    this.release();
  }

  protected abstract establish(): Promise<void>;

  /** Closes what lies on this side. */
  protected abstract release(): void;

  protected get sessionId(): string {
    return this.#sessionId;
  }

  /**
   * Takes over what the server has opened.
   *
   * @returns a promise that rejects when the server closes it
   * @throws MeshliftError `WRONG_STATE` if this side was closed meanwhile
   */
  protected adopt(sessionId: string, listeners: SessionListeners): Promise<never> {
    if (this.#closed) {
      this.connection.request('session:close', { sessionId }).catch(() => undefined);
      throw new MeshliftError('WRONG_STATE', 'The path was closed while it opened.');
    }
    this.#sessionId = sessionId;
    const lost = new Promise<never>((_, reject) => {
      this.connection.follow(sessionId, {
        ...listeners,
        'session:media': ({ error }) => {
          this.#tell('media', error ? { error: MeshliftError.of(error) } : {});
        },
        'session:closed': ({ error }) => {
          const reason = MeshliftError.of(error);
          reject(reason);
          this.fail(reason);
        },
      });
    });
    // Once it is open nobody waits for this any more: `failed` tells.
    lost.catch(() => undefined);
    return lost;
  }

  protected fail(error: unknown): void {
    this.#tell('failed', MeshliftError.from(error));
  }

  /** An event that is in every subclass's map cannot be named generically without this. */
  #tell<N extends keyof RelaySessionEvents>(name: N, event: RelaySessionEvents[N]): void {
    if (!this.#closed) (this as unknown as RelaySession<RelaySessionEvents>).emit(name, event);
  }
}
