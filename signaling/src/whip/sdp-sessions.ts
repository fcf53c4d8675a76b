import { MeshliftError } from '@meshlift/protocol';
import { newSessionId } from '../privacy/capabilities.ts';
import type { Session } from '../sessions/session.ts';
import type { HttpClient } from './http-client.ts';
import { newEtag, type SdpSession } from './sdp-session.ts';

/** The sessions of one of the two protocols, by the names in their URLs. */
export class SdpSessions {
  readonly #byName = new Map<string, SdpSession>();

  /** Names a session. The name goes when the session is over. */
  add(session: Session, client: HttpClient): SdpSession {
    const named: SdpSession = { name: newSessionId(), session, etag: newEtag() };
    this.#byName.set(named.name, named);
    client.once('over', () => this.#byName.delete(named.name));
    return named;
  }

  /** @throws MeshliftError `SESSION_NOT_FOUND` */
  get(name: unknown): SdpSession {
    const found = typeof name === 'string' ? this.#byName.get(name) : undefined;
    if (!found) throw new MeshliftError('SESSION_NOT_FOUND', 'There is no such session, or it has ended.');
    return found;
  }
}
