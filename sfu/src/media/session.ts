import type { FailedPath } from '@meshlift/protocol';
import type { SessionTransport } from './session-transport.ts';

/** What an ingest and a viewer have in common. The relay that opened a session closes it. */
export interface Session {
  readonly role: FailedPath['role'];
  readonly sessionId: string;
  readonly transport: SessionTransport;
  /** Idempotent. */
  close(): void;
}
