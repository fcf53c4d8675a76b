import type { ErrorBody, EventName, EventPayload } from '@meshlift/protocol';
import type { SocketTokenKind } from '../sessions/session.ts';

/**
 * What differs for clients of an older version of the protocol, all in one place: when the version is not served any
 * more, its file is deleted, and that is all.
 */
export interface OlderVersion {
  readonly number: number;
  /** What its clients name their sessions by. */
  readonly tokenKind: SocketTokenKind;
  /**
   * What the client is sent in place of an event. An event that is left out has the same form in both versions.
   * `undefined` sends nothing.
   */
  readonly events: { readonly [N in EventName]?: (payload: EventPayload<N>) => object | undefined };
  /** The same error with a code that the version has. */
  error(error: ErrorBody['error']): ErrorBody['error'];
}
