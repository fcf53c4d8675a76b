import { type MediaNode, MeshliftError } from '@meshlift/protocol';
import type { Session } from '../sessions/session.ts';
import type { OrphanedViewers } from '../streams/orphaned-viewers.ts';
import { HttpClient } from './http-client.ts';
import type { SdpSession } from './sdp-session.ts';
import type { SdpSessions } from './sdp-sessions.ts';
import type { ViewerStatus } from './viewer-event-channel.ts';

export interface HeldSessionsOptions {
  kind: 'whip' | 'whep';
  sessions: SdpSessions;
  orphans: OrphanedViewers;
  node: MediaNode;
  /** This door goes on with a viewer that another one had. */
  viewerInherited?: (viewer: { session: Session; client: HttpClient; status: ViewerStatus }) => void;
}

/** The sessions of one of the two protocols that this door has, and those that it goes on with for a door that is gone. */
export class HeldSessions {
  readonly #options: HeldSessionsOptions;
  readonly #inheriting = new Map<string, Promise<SdpSession>>();

  constructor(options: HeldSessionsOptions) {
    this.#options = options;
  }

  /**
   * The session of a token.
   *
   * @param baseUrl what links begin with, as its client sees them
   * @throws MeshliftError `SESSION_NOT_FOUND`, and what `OrphanedViewers.get` throws
   */
  async get(token: string, baseUrl: string): Promise<SdpSession> {
    // One that is being taken over is not handed out before that is done.
    const inheriting = this.#inheriting.get(token);
    if (inheriting) return await inheriting;
    const known = this.#options.sessions.find(token);
    if (known) return known;
    const inherited = this.#inherit(token, baseUrl).finally(() => this.#inheriting.delete(token));
    this.#inheriting.set(token, inherited);
    return await inherited;
  }

  async #inherit(token: string, baseUrl: string): Promise<SdpSession> {
    const { kind, sessions, orphans, node, viewerInherited } = this.#options;
    const session = await orphans.get(kind, token).catch((error) => Promise.reject(asUnknown(error)));
    const client = new HttpClient(kind, baseUrl);
    const { iceUsername } = await node.describeSession(session.id);
    const inherited = sessions.inherit(session, client, iceUsername);
    const resumed = await session.owner.resume(session, client);
    if (resumed.kind === 'viewer') viewerInherited?.({ session, client, status: resumed });
    return inherited;
  }
}

/** A program has no use for the difference, and to those who ask, a session that was replaced is over. */
function asUnknown(error: unknown): unknown {
  const isReplaced = error instanceof MeshliftError && error.code === 'SESSION_REPLACED';
  const message = 'There is no such session, or it has ended.';
  return isReplaced ? new MeshliftError('SESSION_NOT_FOUND', message) : error;
}
