import { setTimeout as pause } from 'node:timers/promises';
import { type MediaNode, MeshliftError, type RequestReply, type RtpCapabilities } from '@meshlift/protocol';
import pLimit from 'p-limit';
import { newSessionId } from '../access/capabilities.ts';
import type { Client, Session, SessionOwner } from '../sessions/session.ts';
import type { SessionRegistry } from '../sessions/session-registry.ts';

/** Holds the relay for all of the room. Whatever else holds it is a participant's id, which is never this. */
export const EVERYBODY = 'everybody';

/** A relay that was lost is tried again this often: its worker is replaced within a second. */
const REOPEN_EVERY_MS = 500;

/**
 * What a participant holds of the room's relay: an ingest and a viewer, each with a session of its own, and perhaps an
 * ingest that takes the place of the one before as soon as something that it sends has been accepted.
 */
type Direction = 'send' | 'receive' | 'sendNext';

const DIRECTIONS = ['send', 'sendNext', 'receive'] as const satisfies Direction[];

export interface RoomMediaContext {
  roomId: string;
  node: MediaNode;
  sessions: SessionRegistry;
  /** How long a session whose connection dropped is kept. */
  graceMs: number;
  /** Whether a participant is in the room, who may leave while the media node is at work. */
  isPresent: (participantId: string) => boolean;
  /** One of these sessions has ended, by its client or by the media node. */
  sessionEnded: () => void;
}

/**
 * A room's part of the media node: one relay in which each participant is a source and watches all others. It
 * is open while it is held: by everybody, when the room's media goes over it, or by a participant who is
 * watched from outside. What nobody holds is closed. It owns the sessions in its relay.
 */
export class RoomMedia implements SessionOwner {
  readonly relayId = newSessionId();
  readonly logFields: { roomId: string };
  readonly #node: MediaNode;
  readonly #sessions: SessionRegistry;
  readonly #graceMs: number;
  readonly #isPresent: (participantId: string) => boolean;
  readonly #sessionEnded: () => void;
  readonly #byParticipant = new Map<string, Partial<Record<Direction, Session>>>();
  readonly #participantOf = new WeakMap<Session, string>();
  readonly #holders = new Set<string>();
  readonly #queue = pLimit(1);
  #open = false;

  constructor({ roomId, node, sessions, graceMs, isPresent, sessionEnded }: RoomMediaContext) {
    this.logFields = { roomId };
    this.#node = node;
    this.#sessions = sessions;
    this.#graceMs = graceMs;
    this.#isPresent = isPresent;
    this.#sessionEnded = sessionEnded;
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
    for (const [participantId, sessions] of [...this.#byParticipant]) {
      for (const session of Object.values(sessions)) {
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
    const session = this.#sessions.create({ role: 'publisher', owner: this, client });
    const { transport } = await this.#node.openIngest({
      relayId: this.relayId,
      sessionId: session.id,
      sourceId: participantId,
      terms: {},
    });
    const replaces = this.#sessionsOf(participantId).send !== undefined;
    await this.#adopt(participantId, replaces ? 'sendNext' : 'send', session);
    return { sessionId: session.token, transport };
  }

  /** @throws MeshliftError `WRONG_STATE` unless the relay is held for everybody; `RTP_REJECTED` */
  async openReceive(
    participantId: string,
    client: Client,
    terms: { rtpCapabilities: RtpCapabilities },
  ): Promise<RequestReply<'room:receive'>> {
    this.#assertHeld(this.#mayReceive);
    await this.#settle();
    const session = this.#sessions.create({ role: 'viewer', owner: this, client });
    const opened = await this.#node.openViewer({
      relayId: this.relayId,
      sessionId: session.id,
      subscription: { except: [participantId] },
      terms,
    });
    await this.#adopt(participantId, 'receive', session);
    return { sessionId: session.token, ...opened };
  }

  /** Whether a participant has an ingest. */
  isSending(participantId: string): boolean {
    const { send, sendNext } = this.#sessionsOf(participantId);
    return (send ?? sendNext) !== undefined;
  }

  /** Frees what a participant holds who has left the room. */
  async free(participantId: string): Promise<void> {
    const sessions = Object.values(this.#sessionsOf(participantId));
    this.#forget(participantId);
    this.release(participantId);
    await Promise.all(sessions.map(({ id }) => this.#node.closeSession(id)));
  }

  detach(session: Session): void {
    session.detach(this.#graceMs, () => void this.leave(session));
  }

  async resume(session: Session, client: Client): Promise<RequestReply<'session:resume'>> {
    session.attach(client);
    if (session.role === 'viewer') {
      return { kind: 'receiver', consumers: await this.#node.listConsumers(session.id) };
    }
    return { kind: 'sender', wantedLayers: await this.#node.listWantedLayers(session.id) };
  }

  async leave(session: Session): Promise<void> {
    const participantId = this.#participantOf.get(session);
    const direction = DIRECTIONS.find((each) => this.#sessionsOf(participantId)[each] === session);
    if (participantId === undefined || direction === undefined) return;
    await this.#close(participantId, direction);
    this.#sessionEnded();
  }

  async sessionLost(session: Session, error: MeshliftError): Promise<void> {
    session.send('session:closed', error.toBody());
    await this.leave(session);
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
      for (const participantId of [...this.#byParticipant.keys()]) {
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

  /** A participant has one session in each direction: one that takes its place ends the one before. */
  async #adopt(participantId: string, direction: Direction, session: Session): Promise<void> {
    // While the media node was at work, the hold may have been given up, and the participant have left.
    const isHeld = direction === 'receive' ? this.#mayReceive : this.#maySend(participantId);
    const isPresent = this.#isPresent(participantId);
    if (!isHeld || !isPresent) {
      await this.#node.closeSession(session.id);
      if (!isPresent) throw new MeshliftError('SESSION_NOT_FOUND');
      this.#assertHeld(isHeld);
    }
    const sessions = this.#sessionsOf(participantId);
    const before = sessions[direction];
    this.#byParticipant.set(participantId, { ...sessions, [direction]: session });
    this.#participantOf.set(session, participantId);
    this.#sessions.add(session);
    if (!before) return;
    this.#sessions.remove(before);
    await this.#node.closeSession(before.id);
  }

  async #close(participantId: string, direction: Direction): Promise<void> {
    const sessions = { ...this.#sessionsOf(participantId) };
    const session = sessions[direction];
    if (!session) return;
    delete sessions[direction];
    if (direction === 'send' && sessions.sendNext) {
      sessions.send = sessions.sendNext;
      delete sessions.sendNext;
    }
    if (Object.keys(sessions).length > 0) this.#byParticipant.set(participantId, sessions);
    else this.#byParticipant.delete(participantId);
    this.#sessions.remove(session);
    await this.#node.closeSession(session.id);
  }

  #forget(participantId: string): void {
    for (const session of Object.values(this.#sessionsOf(participantId))) this.#sessions.remove(session);
    this.#byParticipant.delete(participantId);
  }

  #sessionsOf(participantId: string | undefined): Partial<Record<Direction, Session>> {
    return (participantId !== undefined && this.#byParticipant.get(participantId)) || {};
  }
}
