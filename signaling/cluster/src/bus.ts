/**
 * How the processes of a cluster talk to each other. Two implementations: in memory, for one process and for tests, and
 * over NATS; `bus.contract.ts` is what both keep.
 *
 * - Payloads are values that JSON can carry. They arrive as copies and as `unknown`: the receiver parses them.
 * - Delivery is asynchronous, in order from one bus to one subject, and at most once: what is lost is not sent again.
 * - A subject consists of letters, digits, `-` and `_` in parts joined by dots, and is no longer than 200 characters.
 *   It may be read by whoever reads the engine's traffic, so it names no person, stream or room.
 */
export interface Bus {
  /** Whether the engine can be reached, as far as is known. It takes up to 2 s to notice a silent loss. */
  readonly connected: boolean;

  /**
   * Asks the process that serves a subject.
   *
   * @returns what its handler returned
   * @throws MeshliftError what the handler threw (`INTERNAL` for errors without a code); `NODE_UNREACHABLE` at once
   *   when nobody serves the subject; `REQUEST_TIMEOUT`; `DIRECTORY_UNAVAILABLE` in under 2 s when the engine is gone;
   *   `TOO_LARGE` when the request or its answer exceeds the engine's limit; `SERVER_CLOSING` after `close()`.
   *   After `REQUEST_TIMEOUT` and `DIRECTORY_UNAVAILABLE` the request may have been carried out.
   */
  request(subject: string, payload: unknown, options: RequestOptions): Promise<unknown>;

  /**
   * Answers the requests to a subject. When several buses serve one subject, each request reaches one of them.
   * Requests are handled at the same time; they begin in the order in which they arrived.
   *
   * It takes effect in the order of this bus's calls: others that hear of the subject through this bus reach it.
   */
  serve(subject: string, handler: Handler): Subscription;

  /**
   * Sends to all who subscribe, this bus included. What is published without a connection is dropped.
   *
   * @throws MeshliftError `TOO_LARGE`, `SERVER_CLOSING`
   */
  publish(subject: string, payload: unknown): void;

  /** Receives what is published to a subject. */
  subscribe(subject: string, listener: Listener): Subscription;

  /**
   * Resolves when the engine has taken notice of everything done on this bus so far.
   *
   * @throws MeshliftError `DIRECTORY_UNAVAILABLE`, `SERVER_CLOSING`
   */
  flush(): Promise<void>;

  /** Calls back whenever `connected` has changed. */
  onConnection(listener: (connected: boolean) => void): Subscription;

  /** Ends all subscriptions; requests under way end with `SERVER_CLOSING`. */
  close(): Promise<void>;
}

export interface RequestOptions {
  /** How long to wait for the answer, in milliseconds. */
  timeoutMs: number;
}

/** What it returns, or resolves with, is the answer; what it throws is answered as a coded error. */
export type Handler = (payload: unknown) => unknown;

export type Listener = (payload: unknown) => void;

/** Something that goes on until it is closed; closing it twice changes nothing. */
export interface Subscription {
  close(): void;
}

const SUBJECT = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;
const MAX_SUBJECT_LENGTH = 200;

/** @throws TypeError if it is not a subject as described above */
export function assertSubject(subject: string): void {
  if (subject.length > MAX_SUBJECT_LENGTH || !SUBJECT.test(subject)) {
    throw new TypeError(`"${subject.slice(0, MAX_SUBJECT_LENGTH)}" is not a subject`);
  }
}
