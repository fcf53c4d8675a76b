import { type ErrorCode, MeshliftError } from '@meshlift/protocol';
import type { SignalingConnection, Welcome } from './signaling-connection.ts';

/** What a session does at each turn of its life. */
export interface SessionLife {
  /** Opens a session on the server, and its media path. */
  join(welcome: Welcome): Promise<void>;
  /** Takes the session over to a connection that is new; its media was not interrupted. */
  resume(): Promise<void>;
  /** Signaling is away, or a new session is being opened; in that case `error` is why the one before it ended. */
  reconnecting(error?: MeshliftError): void;
  /** It is over, and trying again would not help. */
  ended(error: MeshliftError): void;
  /**
   * The server is back and the stream is not, as after a restart of the server. Given by those who wait for
   * somebody else to bring it back; without it the session ends with that.
   */
  absent?(): void;
  /** The page goes away. */
  leave(): void;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;
/** How long a stream that was there before is waited for when the server does not know it any more. */
const ABSENT_FOR_AT_MOST_MS = 120_000;

/** Errors that trying again does not mend. */
const FINAL: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'STREAM_NOT_FOUND',
  'STREAM_NOT_YOURS',
  'SESSION_REPLACED',
  'ROOM_LOCKED',
  'PROTOCOL_VERSION',
  'UNSUPPORTED_BROWSER',
  'RTP_REJECTED',
]);

/** Keeps one session alive over drops of its connection and of its media path. */
export class SessionKeeper {
  readonly #connection: SignalingConnection;
  readonly #life: SessionLife;
  readonly #leave: () => void;
  #welcome: Welcome;
  #joining: Promise<void> | undefined;
  #stopped = false;

  constructor(connection: SignalingConnection, welcome: Welcome, life: SessionLife) {
    this.#connection = connection;
    this.#welcome = welcome;
    this.#life = life;
    connection.on('dropped', () => life.reconnecting());
    connection.on('refused', (error) => {
      if (FINAL.has(error.code)) this.#end(error);
    });
    connection.on('restored', (welcomeBack) => {
      this.#welcome = welcomeBack;
      void this.#restore();
    });
    // A page that goes away says goodbye to the relay at once, so that nobody waits for a time-out.
    this.#leave = () => life.leave();
    addEventListener('pagehide', this.#leave);
  }

  /** Joins for the first time. @throws MeshliftError whatever stood in the way */
  async start(): Promise<void> {
    try {
      await this.#life.join(this.#welcome);
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  /** The server closed the session: opens another one, if that can help. */
  sessionClosed(error: MeshliftError): void {
    if (FINAL.has(error.code)) this.#end(error);
    else void this.rejoin(error);
  }

  /** Opens a new session in place of the present one, for as long as it takes. */
  rejoin(error?: MeshliftError): Promise<void> {
    this.#joining ??= this.#joinUntilDone(error).finally(() => {
      this.#joining = undefined;
    });
    return this.#joining;
  }

  /** Repeating it changes nothing. */
  stop(): void {
    this.#stopped = true;
    removeEventListener('pagehide', this.#leave);
    this.#connection.close();
  }

  async #restore(): Promise<void> {
    // While a new session is being opened, there is no old one to resume.
    if (this.#joining) return;
    try {
      await this.#life.resume();
    } catch (error) {
      this.sessionClosed(MeshliftError.from(error));
      await this.#joining;
    }
  }

  async #joinUntilDone(error?: MeshliftError): Promise<void> {
    this.#life.reconnecting(error);
    let absentSince: number | undefined;
    for (let pause = FIRST_PAUSE_MS; !this.#stopped; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        await this.#life.join(this.#welcome);
        return;
      } catch (thrown) {
        const error = MeshliftError.from(thrown);
        if (error.code === 'STREAM_NOT_FOUND' && this.#life.absent) absentSince ??= performance.now();
        else absentSince = undefined;
        const isAwaited =
          absentSince !== undefined && performance.now() - absentSince < ABSENT_FOR_AT_MOST_MS;
        if (FINAL.has(error.code) && !isAwaited) return this.#end(error);
        if (isAwaited) this.#life.absent?.();
        await new Promise((resolve) => setTimeout(resolve, pause * (0.75 + Math.random() / 2)));
      }
    }
  }

  #end(error: MeshliftError): void {
    if (this.#stopped) return;
    this.stop();
    this.#life.ended(error);
  }
}
