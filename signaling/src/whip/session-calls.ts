import { MeshliftError } from '@meshlift/protocol';
import {
  type SdpSessionCall,
  type SdpSessionReply,
  type SdpSessionRequest,
  sdpSessionCalls,
  sdpSessionSubject,
} from '@meshlift/protocol/cluster';
import type { Cluster } from '../cluster/cluster.ts';
import type { SessionTokens } from '../sessions/session-tokens.ts';
import type { SdpSessions } from './sdp-sessions.ts';

/** An ICE restart at a media node that is busy takes longest. */
const ANSWER_WITHIN_MS = 5_000;
const HOLDER_WITHIN_MS = 1_000;

export type SessionCallHandlers = {
  [C in SdpSessionCall]: (request: SdpSessionRequest<C>) => Promise<SdpSessionReply<C>>;
};

export interface SessionCallsOptions {
  kind: 'whip' | 'whep';
  cluster: Cluster;
  tokens: SessionTokens;
  sessions: SdpSessions;
  /** What carries calls out where the session is. */
  handlers: Partial<SessionCallHandlers>;
}

/** Takes what is asked of a session's URL to the door that has the session: this one, or another. */
export class SessionCalls {
  readonly #kind: 'whip' | 'whep';
  readonly #cluster: Cluster;
  readonly #tokens: SessionTokens;
  readonly #sessions: SdpSessions;
  readonly #handlers: Partial<SessionCallHandlers>;

  constructor({ kind, cluster, tokens, sessions, handlers }: SessionCallsOptions) {
    this.#kind = kind;
    this.#cluster = cluster;
    this.#tokens = tokens;
    this.#sessions = sessions;
    this.#handlers = { ...handlers, holds: async ({ token }) => sessions.knows(token) };
    for (const call of Object.keys(this.#handlers) as SdpSessionCall[]) this.#serve(call);
  }

  /**
   * Has a call carried out.
   *
   * @param request.token as the URL has it
   * @throws MeshliftError what the door of the session answers; `SESSION_NOT_FOUND`; `NODE_UNREACHABLE`,
   *   `DIRECTORY_UNAVAILABLE`, `REQUEST_TIMEOUT`
   */
  async carryOut<C extends SdpSessionCall>(
    call: C,
    request: Omit<SdpSessionRequest<C>, 'token'> & { token: unknown },
  ): Promise<SdpSessionReply<C>> {
    const asked = { ...request, token: String(request.token) } as SdpSessionRequest<C>;
    const holder = await this.holderOf(asked);
    const handler = this.#handlers[call] as (request: SdpSessionRequest<C>) => Promise<SdpSessionReply<C>>;
    return holder === undefined ? await handler(asked) : await this.#ask(holder, call, asked);
  }

  /** The other door that has a session; `undefined` for this one, which goes on with those of doors that are gone. */
  async holderOf(asked: { token: unknown; baseUrl: string }): Promise<string | undefined> {
    const { baseUrl } = asked;
    const token = String(asked.token);
    const { self, directory } = this.#cluster;
    const issuer = this.#tokens.open(this.#kind, token)?.door;
    if (issuer === undefined || issuer === self || this.#sessions.knows(token)) return undefined;
    const others = directory.nodes.filter(
      ({ id, role, unusable }) => id !== self && role !== 'sfu' && !unusable,
    );
    if (others.some(({ id }) => id === issuer)) {
      // One that answers knows best. One that does not may be gone, and another one has its sessions.
      const answer = await this.#ask(issuer, 'holds', { token, baseUrl }).catch(unlessUnreachable);
      if (answer === true) return issuer;
      if (answer === false) throw new MeshliftError('SESSION_NOT_FOUND');
    }
    const answers = others
      .filter(({ id }) => id !== issuer)
      .map(async ({ id }) => {
        if (await this.#ask(id, 'holds', { token, baseUrl })) return id;
        throw new MeshliftError('SESSION_NOT_FOUND');
      });
    return await Promise.any(answers).catch(() => undefined);
  }

  #serve<C extends SdpSessionCall>(call: C): void {
    const { bus, directory, self } = this.#cluster;
    const answer = async (payload: unknown) => {
      const request = sdpSessionCalls[call].request.safeParse(payload);
      if (!request.success) {
        throw new MeshliftError('BAD_REQUEST', 'A process of another version has called.');
      }
      const handler = this.#handlers[call] as (request: unknown) => Promise<SdpSessionReply<C>>;
      return await handler(request.data);
    };
    bus.serve(sdpSessionSubject(self, this.#kind, call), directory.guard(answer));
  }

  async #ask<C extends SdpSessionCall>(
    process: string,
    call: C,
    request: SdpSessionRequest<C>,
  ): Promise<SdpSessionReply<C>> {
    const subject = sdpSessionSubject(process, this.#kind, call);
    const timeoutMs = call === 'holds' ? HOLDER_WITHIN_MS : ANSWER_WITHIN_MS;
    const received = await this.#cluster.bus.request(subject, request, { timeoutMs });
    const reply = sdpSessionCalls[call].reply.safeParse(received ?? undefined);
    // A reply of nothing is `null` for those that may have one.
    if (reply.success) return reply.data as SdpSessionReply<C>;
    if (received === null) return null as SdpSessionReply<C>;
    throw new MeshliftError('INTERNAL', undefined, { cause: reply.error });
  }
}

function unlessUnreachable(error: unknown): undefined {
  const { code } = MeshliftError.from(error);
  if (code !== 'NODE_UNREACHABLE' && code !== 'REQUEST_TIMEOUT') throw error;
}
