import type { Seal } from '@meshlift/cluster';
import * as z from 'zod';
import { newSessionId } from '../access/capabilities.ts';
import { type Session, sessionRoles, type TokenKind } from './session.ts';

/** What a token says. Only processes that have the cluster key can read it. */
const contentSchema = z.object({
  role: z.enum(sessionRoles),
  /** The session's name, by which the media node knows it. */
  id: z.string(),
  /** The process that issued it. */
  door: z.string(),
  /** The process whose media node has its transport; a participant's session has none. */
  node: z.string().optional(),
  streamId: z.string().optional(),
  roomId: z.string().optional(),
});

export type TokenContent = z.infer<typeof contentSchema>;

export interface SessionTokensOptions {
  seal: Seal;
  /** The name of this process. */
  self: string;
  /** The process whose media node has a session's transport. @default this one */
  nodeOf?: (session: Session) => string | undefined;
}

/**
 * Issues and reads what clients name their sessions by: a token sealed under the cluster key, which any process of the
 * cluster can read and nobody else can make. The idea is that of RFC 5077 tickets: the client keeps what a server needs
 * to find its session again. A token is good for as long as its session lasts.
 */
export class SessionTokens {
  readonly self: string;
  readonly #seal: Seal;
  readonly #nodeOf: (session: Session) => string | undefined;

  constructor({ seal, self, nodeOf = () => self }: SessionTokensOptions) {
    this.#seal = seal;
    this.self = self;
    this.#nodeOf = nodeOf;
  }

  /** A token for a client of that kind: it opens for no other kind. */
  issue(kind: TokenKind, session: Session): string {
    if (kind === 'short') return newSessionId();
    const { role, id, owner } = session;
    const content: TokenContent = {
      role,
      id,
      door: this.self,
      ...(role !== 'participant' && { node: this.#nodeOf(session) }),
      ...owner.logFields,
    };
    return this.#seal.seal(purposeOf(kind), content);
  }

  /** @returns what a token says; `undefined` for one that was not issued in this cluster to a client of that kind */
  open(kind: TokenKind, token: string): TokenContent | undefined {
    return contentSchema.safeParse(this.#seal.open(purposeOf(kind), token)).data;
  }
}

const purposeOf = (kind: TokenKind) => `session ${kind}`;
