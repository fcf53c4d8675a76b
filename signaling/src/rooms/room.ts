import {
  type MediaNode,
  MeshliftError,
  type RequestReply,
  type RoomMemory,
  type RoomMode,
  type RoomState,
} from '@meshlift/protocol';
import type { Logger } from '@meshlift/telemetry';
import type { Client, Session, SessionOwner } from '../sessions/session.ts';
import type { SessionRegistry } from '../sessions/session-registry.ts';
import type { Streams } from '../streams/streams.ts';
import { Audiences } from './audiences.ts';
import { type Arrival, Membership, type Participant } from './membership.ts';
import type { RoomRecord } from './room-claims.ts';
import { RoomMedia } from './room-media.ts';
import { RoomModes } from './room-modes.ts';

export interface RoomContext {
  node: MediaNode;
  sessions: SessionRegistry;
  streams: Streams;
  logger: Logger;
  /** How long somebody whose connection dropped keeps their place, and a room that is empty its host key. */
  graceMs: number;
  /** What viewers saw of a switch, in seconds without video or audio. */
  observeGap(mode: RoomMode, kind: 'audio' | 'video', seconds: number): void;
  /** It stands otherwise than before, as its `record` says. */
  changed(room: Room): void;
  /** Resolves when its record is written. */
  settled(room: Room): Promise<void>;
  /** Nobody is there any more, nor coming back. */
  ended(room: Room): void;
}

/**
 * People who know of each other. The server introduces them and hands on what one tells another without
 * reading it; names and chat are theirs alone. It owns the sessions by which they are in it, and ends after the last
 * of them.
 */
export class Room implements SessionOwner {
  readonly id: string;
  /** Who is in it, and who of them is host. */
  readonly members: Membership;
  /** Its part of the media node. */
  readonly media: RoomMedia;
  /** How their media travels. */
  readonly modes: RoomModes;
  /** Who watches them from outside. */
  readonly audiences: Audiences;
  readonly #context: RoomContext;
  #deadline: NodeJS.Timeout | undefined;

  constructor(id: string, context: RoomContext) {
    const { node, sessions, streams, logger, graceMs, observeGap } = context;
    this.id = id;
    this.#context = context;
    const changed = () => context.changed(this);
    const settled = () => context.settled(this);
    this.members = new Membership({ graceMs, changed });
    this.media = new RoomMedia({
      roomId: id,
      node,
      sessions,
      graceMs,
      isPresent: (participantId) => this.members.has(participantId),
      sessionEnded: () => this.audiences.releaseUnused(),
    });
    this.audiences = new Audiences(streams, this.media);
    const { members: people, media } = this;
    this.modes = new RoomModes({ roomId: id, people, media, logger, observeGap, changed, settled });
  }

  get relayId(): string {
    return this.media.relayId;
  }

  get logFields(): { roomId: string } {
    return { roomId: this.id };
  }

  /** What it leaves to a door that takes it over. */
  get record(): RoomRecord {
    return { ...this.modes.record, ...this.members.record };
  }

  /** Makes it the room that another door answered for before it ended, and waits for those who were in it. */
  inherit({ mode = 'mesh', choice = mode, epoch = 0, locked = false, hostHash }: RoomRecord): void {
    if (hostHash !== undefined) this.members.inherit({ locked, hostHash });
    this.modes.inherit({ mode, choice, epoch });
    this.#endWhenAwaited();
  }

  /** Another door answers for it by now: its clients come back, and find that one. */
  async abandon(): Promise<void> {
    for (const { client } of this.members.sessions) client?.drop();
    await this.close();
  }

  /** Makes it the room that somebody was in before the server was restarted: see `Membership.restore`. */
  restore(memory: RoomMemory): void {
    for (const session of this.members.restore(memory)) {
      session.send('session:closed', new MeshliftError('ROOM_LOCKED').toBody());
      void this.leave(session);
    }
    // Whoever brings it back may not get in.
    if (this.members.size === 0) this.#endWhenAwaited();
  }

  /** @throws MeshliftError `NOT_HOST` for a wrong host key, `ROOM_LOCKED`, `ROOM_FULL` */
  join(client: Client, arrival: Arrival): { session: Session; reply: RequestReply<'room:join'> } {
    const session = this.#context.sessions.create({ role: 'participant', owner: this, client });
    const { participant, newKey, settles } = this.members.join(session, arrival);
    clearTimeout(this.#deadline);
    this.#context.sessions.add(session);
    // Whoever joins learns of a switch that begins by that after they know that they have joined.
    setImmediate(() => this.modes.joined());
    const reply = {
      sessionId: session.token,
      participantId: participant.id,
      room: { ...this.#stateFor(participant), ...(settles ? { restored: true } : {}) },
      ...(newKey === undefined ? {} : { hostKey: newKey }),
    };
    return { session, reply };
  }

  /** @throws MeshliftError `PARTICIPANT_NOT_FOUND` */
  signal(from: Session, to: string, signal: string): { delivered: boolean } {
    const { session } = this.members.find(to);
    session.send('room:signal', { from: this.members.of(from).id, signal });
    return { delivered: session.client !== undefined };
  }

  /** The media node lost the room's relay. Whoever still needs it gets a new one. */
  async relayLost(): Promise<void> {
    this.media.lost();
    await this.modes.relayLost();
    await this.media.reopen();
    this.audiences.relayReopened();
  }

  async resume(session: Session, client: Client): Promise<RequestReply<'session:resume'>> {
    session.attach(client);
    const participant = this.members.of(session);
    const news = this.members.returned(participant);
    return { kind: 'participant', room: { ...this.#stateFor(participant), ...news } };
  }

  detach(session: Session): void {
    session.detach(this.#context.graceMs, () => void this.leave(session));
  }

  async leave(session: Session): Promise<void> {
    const participant = this.members.leave(session);
    if (!participant) return;
    const { id: participantId } = participant;
    this.#context.sessions.remove(session);
    this.audiences.left(participantId);
    await this.media.free(participantId);
    this.members.tellAll('room:left', { participantId });
    this.modes.left(participantId);
    if (this.members.size > 0) return;
    // A host who reloads alone finds the room again, with its key.
    this.#endWhenAwaited();
  }

  async sessionLost(session: Session, error: MeshliftError): Promise<void> {
    session.send('session:closed', error.toBody());
    await this.leave(session);
  }

  async close(): Promise<void> {
    clearTimeout(this.#deadline);
    this.modes.close();
    for (const session of this.members.sessions) this.#context.sessions.remove(session);
    this.members.close();
    await this.audiences.close();
    await this.media.close();
  }

  /** It ends unless somebody comes within the grace time. */
  #endWhenAwaited(): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => void this.#end(), this.#context.graceMs);
    this.#deadline.unref();
  }

  async #end(): Promise<void> {
    if (this.members.size > 0) return;
    await this.close();
    this.#context.ended(this);
  }

  #stateFor(participant: Participant): RoomState {
    const audience = this.audiences.stateFor(participant.id, participant.session.client);
    return {
      ...this.members.stateFor(participant),
      ...this.modes.state,
      ...(audience ? { audience } : {}),
    };
  }
}
