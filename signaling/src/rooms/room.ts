import {
  type ErrorCode,
  type MediaNode,
  MeshliftError,
  type RequestReply,
  type RoomMode,
  type RoomParticipant,
  type RoomState,
  type RtpCapabilities,
} from '@meshlift/protocol';
import type { Logger } from '@meshlift/telemetry';
import { KeyHash, newHostKey, newParticipantId, newSessionId } from '../privacy/capabilities.ts';
import { type Client, Session, type SessionOwner } from '../sessions/session.ts';
import type { SessionRegistry } from '../sessions/session-registry.ts';
import type { Streams } from '../streams/streams.ts';
import { Audiences } from './audiences.ts';
import { RoomMedia } from './room-media.ts';
import { RoomModes } from './room-modes.ts';

/** Past this a room is a broadcast: one publishes and the others watch by stream ID. */
const MOST_PARTICIPANTS = 64;

export interface RoomContext {
  node: MediaNode;
  sessions: SessionRegistry;
  streams: Streams;
  logger: Logger;
  /** How long somebody whose connection dropped keeps their place, and a room that is empty its host key. */
  graceMs: number;
  /** What viewers saw of a switch, in seconds without picture or sound. */
  observeGap(mode: RoomMode, kind: 'audio' | 'video', seconds: number): void;
  /** Nobody is there any more, nor coming back. */
  ended(room: Room): void;
}

interface Participant {
  id: string;
  session: Session;
  host: boolean;
  /** The key that came with being made host, until they have come back once: they may have been away. */
  newHostKey?: string | undefined;
}

/**
 * People who know of each other. The server introduces them and hands on what one tells another without
 * reading it; names and chat are theirs alone.
 */
export class Room implements SessionOwner {
  readonly id: string;
  /** How their media travels. */
  readonly modes: RoomModes;
  /** Who watches them from outside. */
  readonly audiences: Audiences;
  readonly #context: RoomContext;
  readonly #participants = new Map<string, Participant>();
  readonly #media: RoomMedia;
  #hostKey: KeyHash | undefined;
  #locked = false;
  #deadline: NodeJS.Timeout | undefined;

  constructor(id: string, context: RoomContext) {
    const { node, sessions, streams, logger, observeGap } = context;
    const participants = this.#participants;
    this.id = id;
    this.#context = context;
    this.#media = new RoomMedia(node, sessions, this);
    this.audiences = new Audiences(streams, this.#media);
    this.modes = new RoomModes({
      roomId: id,
      people: {
        get ids() {
          return [...participants.keys()];
        },
        isConnected: (participantId) => participants.get(participantId)?.session.client !== undefined,
        tellAll: this.#tellAll,
        tellHosts: this.#tellHosts,
      },
      media: this.#media,
      logger,
      observeGap,
    });
  }

  get size(): number {
    return this.#participants.size;
  }

  get relayId(): string {
    return this.#media.relayId;
  }

  /** @throws MeshliftError `NOT_HOST` for a wrong host key, `ROOM_LOCKED`, `ROOM_FULL` */
  join(client: Client, hostKey: string | undefined): RequestReply<'room:join'> {
    const founded = this.#hostKey === undefined;
    const newKey = founded && hostKey === undefined ? newHostKey() : undefined;
    this.#hostKey ??= new KeyHash(hostKey ?? newKey ?? '');
    const host = founded || hostKey !== undefined;
    if (hostKey !== undefined && !this.#hostKey.matches(hostKey)) throw new MeshliftError('NOT_HOST');
    if (this.#locked && !host) throw new MeshliftError('ROOM_LOCKED');
    if (this.size >= MOST_PARTICIPANTS) throw new MeshliftError('ROOM_FULL');
    clearTimeout(this.#deadline);
    const participant: Participant = {
      id: newParticipantId(),
      session: new Session(newSessionId(), 'participant', this, client),
      host,
    };
    this.#tellAll('room:joined', { participant: describe(participant) });
    this.#participants.set(participant.id, participant);
    this.#context.sessions.add(participant.session);
    // Whoever joins learns of a switch that begins by that after they know that they have joined.
    setImmediate(() => this.modes.joined());
    return {
      sessionId: participant.session.id,
      participantId: participant.id,
      room: this.#stateFor(participant),
      ...(newKey === undefined ? {} : { hostKey: newKey }),
    };
  }

  /** @throws MeshliftError `PARTICIPANT_NOT_FOUND` */
  signal(from: Session, to: string, signal: string): { delivered: boolean } {
    const { session } = this.#find(to);
    session.send('room:signal', { from: this.participantOf(from), signal });
    return { delivered: session.client !== undefined };
  }

  /** @throws MeshliftError `NOT_HOST` */
  setLocked(by: Session, locked: boolean): void {
    this.assertHost(by);
    this.#locked = locked;
    this.#tellAll('room:locked', { locked });
  }

  /** @throws MeshliftError `NOT_HOST`, `PARTICIPANT_NOT_FOUND` */
  handOver(by: Session, to: string): void {
    this.assertHost(by);
    const next = this.#find(to);
    const hostKey = newHostKey();
    this.#hostKey = new KeyHash(hostKey);
    for (const participant of this.#participants.values()) {
      participant.host = participant === next;
      participant.newHostKey = participant === next ? hostKey : undefined;
    }
    for (const participant of this.#participants.values()) {
      const key = participant === next ? { hostKey } : {};
      participant.session.send('room:host', { participantId: next.id, ...key });
    }
  }

  /** @throws MeshliftError `WRONG_STATE` unless the relay carries the room, or is to, or this one is watched */
  async openSend(by: Session, client: Client): Promise<RequestReply<'room:send'>> {
    return this.#media.openSend(this.participantOf(by), client);
  }

  /** @throws MeshliftError `WRONG_STATE` unless the room is on the relay, or on its way to it; `RTP_REJECTED` */
  async openReceive(
    by: Session,
    client: Client,
    rtpCapabilities: RtpCapabilities,
  ): Promise<RequestReply<'room:receive'>> {
    return this.#media.openReceive(this.participantOf(by), client, rtpCapabilities);
  }

  /** The media node lost the room's relay. Whoever still needs it gets a new one. */
  async relayLost(): Promise<void> {
    this.#media.lost();
    await this.modes.relayLost();
    await this.#media.reopen();
    this.audiences.relayReopened();
  }

  async resume(session: Session, client: Client): Promise<RequestReply<'session:resume'>> {
    session.attach(client);
    if (this.#media.holds(session)) return this.#media.state(session);
    const participant = this.#of(session);
    const { newHostKey: hostKey } = participant;
    participant.newHostKey = undefined;
    return {
      kind: 'participant',
      room: { ...this.#stateFor(participant), ...(hostKey === undefined ? {} : { hostKey }) },
    };
  }

  detach(session: Session): void {
    session.detach(this.#context.graceMs, () => void this.leave(session));
  }

  async leave(session: Session): Promise<void> {
    if (this.#media.holds(session)) {
      await this.#media.drop(session);
      this.audiences.releaseUnused();
      return;
    }
    const participant = this.#findBy(session);
    if (!participant) return;
    this.#participants.delete(participant.id);
    this.#context.sessions.remove(session);
    this.audiences.left(participant.id);
    await this.#media.leave(participant.id);
    this.#tellAll('room:left', { participantId: participant.id });
    this.modes.left(participant.id);
    if (this.size > 0) return;
    // A host who reloads alone finds the room again, with its key.
    this.#deadline = setTimeout(() => void this.#end(), this.#context.graceMs);
    this.#deadline.unref();
  }

  async sessionLost(session: Session, code: ErrorCode): Promise<void> {
    session.send('session:closed', new MeshliftError(code).toBody());
    await this.leave(session);
  }

  async close(): Promise<void> {
    clearTimeout(this.#deadline);
    this.modes.close();
    for (const { session } of this.#participants.values()) this.#context.sessions.remove(session);
    this.#participants.clear();
    await this.audiences.close();
    await this.#media.close();
  }

  /** The id of the participant whose session this is. @throws MeshliftError `SESSION_NOT_FOUND` */
  participantOf(session: Session): string {
    return this.#of(session).id;
  }

  /** @throws MeshliftError `NOT_HOST` */
  assertHost(session: Session): void {
    if (!this.#of(session).host) throw new MeshliftError('NOT_HOST');
  }

  async #end(): Promise<void> {
    await this.close();
    this.#context.ended(this);
  }

  #stateFor(participant: Participant): RoomState {
    const others = [...this.#participants.values()].filter((other) => other !== participant);
    const audience = this.audiences.stateFor(participant.id, participant.session.client);
    return {
      locked: this.#locked,
      ...this.modes.state,
      participants: others.map(describe),
      host: participant.host,
      ...(audience ? { audience } : {}),
    };
  }

  #find(participantId: string): Participant {
    const participant = this.#participants.get(participantId);
    if (!participant) throw new MeshliftError('PARTICIPANT_NOT_FOUND');
    return participant;
  }

  #findBy(session: Session): Participant | undefined {
    return [...this.#participants.values()].find((candidate) => candidate.session === session);
  }

  #of(session: Session): Participant {
    const participant = this.#findBy(session);
    if (!participant) throw new MeshliftError('SESSION_NOT_FOUND');
    return participant;
  }

  #tellAll: Session['send'] = (name, payload) => {
    for (const { session } of this.#participants.values()) session.send(name, payload);
  };

  #tellHosts: Session['send'] = (name, payload) => {
    for (const { host, session } of this.#participants.values()) if (host) session.send(name, payload);
  };
}

function describe({ id, host }: Participant): RoomParticipant {
  return { participantId: id, host };
}
