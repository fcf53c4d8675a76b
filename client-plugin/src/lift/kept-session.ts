import type { RelaySession, RelaySessionEvents } from './relay-session.ts';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;

/** Keeps a session with the relay open for as long as it is needed. */
export class KeptSession<S extends RelaySession<RelaySessionEvents>> {
  readonly #make: () => S;
  #session: S | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;

  /** @param make makes a session, which is not open yet */
  constructor(make: () => S) {
    this.#make = make;
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

  /** Repeating it changes nothing. It can be opened again. */
  close(): void {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    const session = this.#session;
    this.#session = undefined;
    session?.close();
  }

  #begin(): S {
    const session = this.#make();
    this.#session = session;
    session.on('failed', () => this.#replace(session));
    return session;
  }

  #replace(session: S): void {
    if (this.#session !== session) return;
    this.close();
    this.#tryAgain(0);
  }

  #tryAgain(pauseMs: number): void {
    clearTimeout(this.#retry);
    const next = Math.min(Math.max(pauseMs * 2, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
    this.#retry = setTimeout(() => this.keep(next), pauseMs);
  }
}
