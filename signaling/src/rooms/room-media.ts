import { setTimeout as pause } from 'node:timers/promises';
import { type MediaNode, MeshliftError, type RequestReply, type RtpCapabilities } from '@meshlift/protocol';
import pLimit from 'p-limit';
import { newSessionId } from '../access/capabilities.ts';
import { type Client, Session, type SessionOwner } from '../sessions/session.ts';
import type { SessionRegistry } from '../sessions/session-registry.ts';

/** Holds the relay for all of the room. Whatever else holds it is a participant's id, which is never this. */
export const EVERYBODY = 'everybody';

/** A relay that was lost is tried again this often: its worker is replaced within a second. */
const REOPEN_EVERY_MS = 500;

/**
 * What a participant holds of the room's relay: a way in and a way out, each with a session of its own, and perhaps
 * a way in that takes the place of the one before as soon as something that it sends has been accepted.
 */
type Way = 'send' | 'receive' | 'sendNext';

export interface RoomMediaContext {
  node: MediaNode;
  sessions: SessionRegistry;
  /** Of the sessions in the relay. */
  owner: SessionOwner;
  /** Whether a participant is in the room, who may leave while the media node is at work. */
  isPresent: (participantId: string) => boolean;
}

/**
 * A room's part of the media node: one relay in which each participant is a source and watches all others. It
 * is open while it is held: by everybody, when the room's media goes over it, or by a participant who is
 * watched from outside. What nobody holds is closed.
 */
export class RoomMedia {
  readonly relayId = newSessionId();
  readonly #node: MediaNode;
  readonly #sessions: SessionRegistry;
  readonly #owner: SessionOwner;
  readonly #isPresent: (participantId: string) => boolean;
  readonly #ways = new Map<string, Partial<Record<Way, Session>>>();
  readonly #holders = new Set<string>();
  readonly #queue = pLimit(1);
  #open = false;

  constructor({ node, sessions, owner, isPresent }: RoomMediaContext) {
    this.#node = node;
    this.#sessions = sessions;
    this.#owner = owner;
    this.#isPresent = isPresent;
  }

  /**
   * Keeps the relay open for everybody, or for one participant to send to, and opens it if it is not.
   *
   * @throws MeshliftError `SERVER_FULL`; it is held all the same
   */
  hold(holder: string): Promise<void> {
    this.#holders.add(holder);
    return this.#settle();
  }

  /** Gives up a hold, and closes what nobody holds any more. Repeating it changes nothing. */
  release(holder: string): void {
    if (!this.#holders.delete(holder)) return;
    // A relay that cannot be opened for those who still hold it is tried again by the next who asks for it.
    this.#settle().catch(() => undefined);
  }

  /** Closes the relay with everybody's sessions in it: nothing of the room is left in the media node. */
  close(): Promise<void> {
    this.#holders.clear();
    return this.#settle();
  }

  /** The media node has lost the relay, and all sessions in it. */
  lost(): void {
    this.#open = false;
    for (const [participantId, ways] of [...this.#ways]) {
      for (const session of Object.values(ways)) {
        session.send('session:closed', new MeshliftError('MEDIA_FAILED').toBody());
      }
      this.#forget(participantId);
    }
  }

  /** Opens a relay that was lost anew, as soon as a worker can carry it and for as long as it is held. */
  async reopen(): Promise<void> {
    while (this.#holders.size > 0 && !this.#open) {
      await this.#settle().catch(() => pause(REOPEN_EVERY_MS, undefined, { ref: false }));
    }
  }

  /** @throws MeshliftError `WRONG_STATE` unless the relay is held for this participant */
  async openSend(participantId: string, client: Client): Promise<RequestReply<'room:send'>> {
    this.#assertHeld(this.#maySend(participantId));
    await this.#settle();
    const session = new Session(newSessionId(), 'publisher', this.#owner, client);
    const transport = await this.#node.openIngest(this.relayId, session.id, participantId);
    const replaces = this.#ways.get(participantId)?.send !== undefined;
    await this.#adopt(participantId, replaces ? 'sendNext' : 'send', session);
    return { sessionId: session.id, transport };
  }

  /** @throws MeshliftError `WRONG_STATE` unless the relay is held for everybody; `RTP_REJECTED` */
  async openReceive(
    participantId: string,
    client: Client,
    rtpCapabilities: RtpCapabilities,
  ): Promise<RequestReply<'room:receive'>> {
    this.#assertHeld(this.#mayReceive);
    await this.#settle();
    const session = new Session(newSessionId(), 'viewer', this.#owner, client);
    const others = { except: [participantId] };
    const opened = await this.#node.openViewer(this.relayId, session.id, rtpCapabilities, others);
    await this.#adopt(participantId, 'receive', session);
    return { sessionId: session.id, ...opened };
  }

  /** Whether a participant has a way in. */
  isSending(participantId: string): boolean {
    const ways = this.#ways.get(participantId);
    return (ways?.send ?? ways?.sendNext) !== undefined;
  }

  /** Whether the session is one of these, and not a participant's own. */
  holds(session: Session): boolean {
    return this.#find(session) !== undefined;
  }

  /** Frees what a participant holds. */
  async leave(participantId: string): Promise<void> {
    const sessions = Object.values(this.#ways.get(participantId) ?? {});
    this.#forget(participantId);
    this.release(participantId);
    await Promise.all(sessions.map(({ id }) => this.#node.closeSession(id)));
  }

  /** The media node has closed one of these sessions, or its client has. */
  async drop(session: Session): Promise<void> {
    const found = this.#find(session);
    if (found) await this.#close(found.participantId, found.way);
  }

  /** How things stand for a client that comes back to one of these sessions. */
  async state(session: Session): Promise<RequestReply<'session:resume'>> {
    if (session.role === 'viewer') {
      return { kind: 'receiver', consumers: await this.#node.listConsumers(session.id) };
    }
    return { kind: 'sender', wantedLayers: await this.#node.listWantedLayers(session.id) };
  }

  get #mayReceive(): boolean {
    return this.#holders.has(EVERYBODY);
  }

  #maySend(participantId: string): boolean {
    return this.#mayReceive || this.#holders.has(participantId);
  }

  #assertHeld(held: boolean): void {
    if (!held) throw new MeshliftError('WRONG_STATE', 'The room is not on the relay.');
  }

  /** Brings the media node to what is held now, one change after another. */
  #settle(): Promise<void> {
    return this.#queue(async () => {
      if (this.#holders.size > 0 && !this.#open) {
        await this.#node.openRelay(this.relayId);
        this.#open = true;
      }
      for (const participantId of [...this.#ways.keys()]) {
        if (!this.#mayReceive) await this.#close(participantId, 'receive');
        if (!this.#maySend(participantId)) {
          await this.#close(participantId, 'sendNext');
          await this.#close(participantId, 'send');
        }
      }
      if (this.#holders.size === 0 && this.#open) {
        this.#open = false;
        await this.#node.closeRelay(this.relayId);
      }
    });
  }

  /** A participant has one session each way: one that takes its place ends the one before. */
  async #adopt(participantId: string, way: Way, session: Session): Promise<void> {
    // While the media node was at work, the hold may have been given up, and the participant have left.
    const isHeld = way === 'receive' ? this.#mayReceive : this.#maySend(participantId);
    const isPresent = this.#isPresent(participantId);
    if (!isHeld || !isPresent) {
      await this.#node.closeSession(session.id);
      if (!isPresent) throw new MeshliftError('SESSION_NOT_FOUND');
      this.#assertHeld(isHeld);
    }
    const ways = this.#ways.get(participantId) ?? {};
    const before = ways[way];
    this.#ways.set(participantId, { ...ways, [way]: session });
    this.#sessions.add(session);
    if (!before) return;
    this.#sessions.remove(before);
    await this.#node.closeSession(before.id);
  }

  async #close(participantId: string, way: Way): Promise<void> {
    const ways = { ...this.#ways.get(participantId) };
    const session = ways[way];
    if (!session) return;
    delete ways[way];
    if (way === 'send' && ways.sendNext) {
      ways.send = ways.sendNext;
      delete ways.sendNext;
    }
    if (Object.keys(ways).length > 0) this.#ways.set(participantId, ways);
    else this.#ways.delete(participantId);
    this.#sessions.remove(session);
    await this.#node.closeSession(session.id);
  }

  #forget(participantId: string): void {
    for (const session of Object.values(this.#ways.get(participantId) ?? {})) this.#sessions.remove(session);
    this.#ways.delete(participantId);
  }

  #find(session: Session): { participantId: string; way: Way } | undefined {
    for (const [participantId, ways] of this.#ways) {
      for (const way of ['send', 'sendNext', 'receive'] as const)
        if (ways[way] === session) return { participantId, way };
    }
    return undefined;
  }
}
