import type { MeshliftError } from '@meshlift/protocol';
import type { RelaySession, RelaySessionEvents } from './relay-session.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;

/** Keeps a session with the relay open for as long as it is needed. */
export class KeptSession<S extends RelaySession<RelaySessionEvents>> {
  readonly #make: () => S;
  readonly #failed: (error: MeshliftError | undefined) => void;
  #session: S | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param make makes a session, which is not open yet
   * @param failed called with why no media path comes about, and without an error when one has, or none is needed
   */
  constructor(make: () => S, failed: (error: MeshliftError | undefined) => void) {
    this.#make = make;
    this.#failed = failed;
  }

  /** The session as it is now: open, or opening. */
  get session(): S | undefined {
    return this.#session;
  }

  /**
   * Opens it, if it is not open. From then on it is opened again whenever it is lost.
   *
   * @throws MeshliftError if it could not be opened; it is not tried again then
   */
  async open(): Promise<void> {
    clearTimeout(this.#retry);
    const session = this.#session ?? this.#begin();
    try {
      await session.open();
    } catch (error) {
      if (this.#session === session) this.#session = undefined;
      throw error;
    }
  }

  /** Opens it, and tries for as long as it takes. */
  keep(pauseMs = FIRST_PAUSE_MS): void {
    this.open().catch(() => this.#tryAgain(pauseMs));
  }

  /** Signaling is back on another connection. */
  resume(): void {
    const session = this.#session;
    session?.resume().catch(() => this.#replace(session));
  }

  /** This page is another participant now, to whom the session does not belong. */
  renew(): void {
    if (this.#session) this.#replace(this.#session);
  }

  /** Repeating it changes nothing. It can be opened again. */
  close(): void {
    this.#drop();
    this.#failed(undefined);
  }

  #begin(): S {
    const session = this.#make();
    this.#session = session;
    const report = (error: MeshliftError | undefined) => {
      if (this.#session === session) this.#failed(error);
    };
    session.on('media', ({ error }) => report(error));
    session.on('failed', (error) => {
      // Those without a reference are mended by the next session, and soon.
      if (error.reference !== undefined) report(error);
      this.#replace(session);
    });
    session.connected().then(
      () => report(undefined),
      // Told by `failed`.
      () => undefined,
    );
    return session;
  }

  #drop(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    const session = this.#session;
    this.#session = undefined;
    session?.close();
  }

  #replace(session: S): void {
    if (this.#session !== session) return;
    this.#drop();
    this.#tryAgain(0);
  }

  #tryAgain(pauseMs: number): void {
    clearTimeout(this.#retry);
    const next = Math.min(Math.max(pauseMs * 2, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
    this.#retry = setTimeout(() => this.keep(next), pauseMs);
  }
}
