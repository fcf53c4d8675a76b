import {
  type ErrorCode,
  MeshliftError,
  type RequestReply,
  type RoomParticipant,
  type RoomState,
} from '@meshlift/protocol';
import { KeyHash, newHostKey, newParticipantId, newSessionId } from '../privacy/capabilities.ts';
import { type Client, Session, type SessionOwner } from '../sessions/session.ts';
import type { SessionRegistry } from '../sessions/session-registry.ts';

/** A mesh this large is beyond any browser; larger rooms have no use for a roster in one message either. */
const MOST_PARTICIPANTS = 64;

export interface RoomContext {
  sessions: SessionRegistry;
  /** How long somebody whose connection dropped keeps their place, and a room that is empty its host key. */
  graceMs: number;
  /** Nobody is there any more, nor coming back. */
  ended(room: Room): void;
}

interface Participant {
  id: string;
  session: Session;
  host: boolean;
}

/**
 * People who know of each other. The server introduces them and hands on what one tells another, without
 * reading it; names, chat and media are theirs alone.
 */
export class Room implements SessionOwner {
  readonly id: string;
  readonly #context: RoomContext;
  readonly #participants = new Map<string, Participant>();
  #hostKey: KeyHash | undefined;
  #locked = false;
  #deadline: NodeJS.Timeout | undefined;

  constructor(id: string, context: RoomContext) {
    this.id = id;
    this.#context = context;
  }

  get size(): number {
    return this.#participants.size;
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
    session.send('room:signal', { from: this.#of(from).id, signal });
    return { delivered: session.client !== undefined };
  }

  /** @throws MeshliftError `NOT_HOST` */
  setLocked(by: Session, locked: boolean): void {
    this.#assertHost(by);
    this.#locked = locked;
    this.#tellAll('room:locked', { locked });
  }

  /** @throws MeshliftError `NOT_HOST`, `PARTICIPANT_NOT_FOUND` */
  handOver(by: Session, to: string): void {
    this.#assertHost(by);
    const next = this.#find(to);
    const hostKey = newHostKey();
    this.#hostKey = new KeyHash(hostKey);
    for (const participant of this.#participants.values()) participant.host = participant === next;
    for (const participant of this.#participants.values()) {
      const key = participant === next ? { hostKey } : {};
      participant.session.send('room:host', { participantId: next.id, ...key });
    }
  }

  async resume(session: Session, client: Client): Promise<RequestReply<'session:resume'>> {
    session.attach(client);
    return { kind: 'participant', room: this.#stateFor(this.#of(session)) };
  }

  detach(session: Session): void {
    session.detach(this.#context.graceMs, () => void this.leave(session));
  }

  async leave(session: Session): Promise<void> {
    const participant = [...this.#participants.values()].find((candidate) => candidate.session === session);
    if (!participant) return;
    this.#participants.delete(participant.id);
    this.#context.sessions.remove(session);
    this.#tellAll('room:left', { participantId: participant.id });
    if (this.size > 0) return;
    // A host who reloads alone finds the room again, with its key.
    this.#deadline = setTimeout(() => this.#context.ended(this), this.#context.graceMs);
    this.#deadline.unref();
  }

  /** A participant's session holds no media of the node, so the node cannot lose it. */
  async sessionLost(session: Session, _code: ErrorCode): Promise<void> {
    await this.leave(session);
  }

  close(): void {
    clearTimeout(this.#deadline);
    for (const { session } of this.#participants.values()) this.#context.sessions.remove(session);
    this.#participants.clear();
  }

  #stateFor(participant: Participant): RoomState {
    const others = [...this.#participants.values()].filter((other) => other !== participant);
    return { locked: this.#locked, participants: others.map(describe), host: participant.host };
  }

  #find(participantId: string): Participant {
    const participant = this.#participants.get(participantId);
    if (!participant) throw new MeshliftError('PARTICIPANT_NOT_FOUND');
    return participant;
  }

  #of(session: Session): Participant {
    const participant = [...this.#participants.values()].find((candidate) => candidate.session === session);
    if (!participant) throw new MeshliftError('SESSION_NOT_FOUND');
    return participant;
  }

  #assertHost(session: Session): void {
    if (!this.#of(session).host) throw new MeshliftError('NOT_HOST');
  }

  #tellAll: Session['send'] = (name, payload) => {
    for (const { session } of this.#participants.values()) session.send(name, payload);
  };
}

function describe({ id, host }: Participant): RoomParticipant {
  return { participantId: id, host };
}
