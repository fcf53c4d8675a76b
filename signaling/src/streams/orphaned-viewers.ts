import { setTimeout as pause } from 'node:timers/promises';
import { MeshliftError } from '@meshlift/protocol';
import type { Nodes } from '../cluster/nodes.ts';
import type { Session, TokenKind } from '../sessions/session.ts';
import type { SessionRegistry } from '../sessions/session-registry.ts';
import type { TokenContent } from '../sessions/session-tokens.ts';
import type { Streams } from './streams.ts';
import type { Viewers } from './viewers.ts';

/** It takes some seconds until two witnesses agree that a door is gone. A client waits ten for an answer. */
const GONE_WITHIN_MS = 7_000;
const RETRY_AFTER_MS = 250;

export interface OrphanedViewersOptions {
  sessions: SessionRegistry;
  streams: Streams;
  nodes: Nodes;
}

/** Viewers of doors that are gone: whichever door their clients come to goes on with their sessions. */
export class OrphanedViewers {
  readonly #options: OrphanedViewersOptions;
  readonly #adopting = new Map<string, Promise<Session>>();

  constructor(options: OrphanedViewersOptions) {
    this.#options = options;
  }

  /**
   * The session of a token, which this door has, or has from now on.
   *
   * @throws MeshliftError `SESSION_NOT_FOUND`, `SESSION_REPLACED`; `STALE_OWNER` when another door has it;
   *   `NODE_UNREACHABLE` when its door is not gone and does not answer; `DIRECTORY_UNAVAILABLE`
   */
  async get(kind: TokenKind, token: string): Promise<Session> {
    const { sessions } = this.#options;
    const content = sessions.findElsewhere(kind, token)?.content;
    if (content) {
      const adopting = this.#adopting.get(content.id) ?? this.#adopt(content);
      this.#adopting.set(content.id, adopting);
      await adopting.finally(() => this.#adopting.delete(content.id));
    }
    return sessions.get(kind, token);
  }

  async #adopt({ role, id, node, streamId, door }: TokenContent): Promise<Session> {
    if (role !== 'viewer' || node === undefined || streamId === undefined) {
      throw new MeshliftError('SESSION_NOT_FOUND');
    }
    const giveUpAt = performance.now() + GONE_WITHIN_MS;
    for (;;) {
      const viewers = await this.#viewersOf(streamId);
      const adoption = viewers && (await this.#options.nodes.adopt(node, id));
      if (adoption && 'adopted' in adoption) return viewers.inherit(id);
      if (adoption && adoption.heldBy !== door) throw new MeshliftError('STALE_OWNER');
      if (performance.now() > giveUpAt) throw new MeshliftError('NODE_UNREACHABLE');
      await pause(RETRY_AFTER_MS, undefined, { ref: false });
    }
  }

  /** @returns undefined as long as its stream has no owner that answers */
  async #viewersOf(streamId: string): Promise<Viewers | undefined> {
    try {
      return await this.#options.streams.getWatchable(streamId);
    } catch (error) {
      const { code } = MeshliftError.from(error);
      // An ID that leads nowhere has no sessions.
      if (code === 'STREAM_NOT_FOUND') throw new MeshliftError('SESSION_NOT_FOUND');
      if (code === 'NODE_UNREACHABLE' || code === 'REQUEST_TIMEOUT') return undefined;
      throw error;
    }
  }
}
