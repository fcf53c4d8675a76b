import {
  type ErrorCode,
  type MediaNode,
  MeshliftError,
  type RequestPayload,
  type RequestReply,
  type RoomMode,
  type RoomParticipant,
  type RoomState,
  type RtpCapabilities,
  type SwitchFailure,
  type SwitchPhase,
} from '@meshlift/protocol';
import type { Logger } from '@meshlift/telemetry';
import pLimit from 'p-limit';
import { KeyHash, newHostKey, newParticipantId, newSessionId } from '../privacy/capabilities.ts';
import { type Client, Session, type SessionOwner } from '../sessions/session.ts';
import type { SessionRegistry } from '../sessions/session-registry.ts';
import { ModeSwitch } from './mode-switch.ts';
import { RoomMedia } from './room-media.ts';

/** Past this a room is a broadcast: one publishes and the others watch by stream ID. */
const MOST_PARTICIPANTS = 64;

/** A larger room does not fall back to a mesh when its relay is lost: it waits for a new one. */
const LARGEST_MESH = 8;

export interface RoomContext {
  node: MediaNode;
  sessions: SessionRegistry;
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
}

/**
 * People who know of each other. The server introduces them, hands on what one tells another without reading
 * it, and runs the switch of their media between mesh and relay; names and chat are theirs alone.
 */
export class Room implements SessionOwner {
  readonly id: string;
  readonly #context: RoomContext;
  readonly #participants = new Map<string, Participant>();
  readonly #media: RoomMedia;
  /** What changes the mode runs one after another. */
  readonly #queue = pLimit(1);
  #hostKey: KeyHash | undefined;
  #locked = false;
  #mode: RoomMode = 'mesh';
  #epoch = 0;
  #switch: ModeSwitch | undefined;
  #deadline: NodeJS.Timeout | undefined;

  constructor(id: string, context: RoomContext) {
    this.id = id;
    this.#context = context;
    this.#media = new RoomMedia(context.node, context.sessions, this);
  }

  get size(): number {
    return this.#participants.size;
  }

  get mode(): RoomMode {
    return this.#mode;
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

  /**
   * Begins a switch. To the mode the room has already, it changes nothing.
   *
   * @throws MeshliftError `NOT_HOST`, `STALE_EPOCH`, `SWITCH_IN_PROGRESS`, `SERVER_FULL`
   */
  setMode(by: Session, mode: RoomMode, epoch: number): Promise<void> {
    this.#assertHost(by);
    return this.#queue(async () => {
      if (epoch !== this.#epoch) throw new MeshliftError('STALE_EPOCH');
      if (this.#switch) throw new MeshliftError('SWITCH_IN_PROGRESS');
      if (mode === this.#mode) return;
      if (mode === 'sfu') await this.#media.open();
      this.#switch = new ModeSwitch({
        to: mode,
        epoch: this.#epoch + 1,
        participants: this.#participants.keys(),
        listener: {
          phase: (phase, failures) => this.#enterPhase(phase, failures),
          stuck: (waitingFor) => this.#tellStuck(waitingFor),
        },
      });
      this.#switch.begin();
    });
  }

  /** A participant's report; one about another switch than the present one is stale and changes nothing. */
  switchStep(by: Session, epoch: number, step: RequestPayload<'room:switchStep'>['step']): void {
    if (this.#switch?.epoch !== epoch) throw new MeshliftError('STALE_EPOCH');
    this.#switch.report(this.#of(by).id, step);
  }

  /** @throws MeshliftError `NOT_HOST`, `STALE_EPOCH` */
  decideSwitch(by: Session, epoch: number, leaveOut: boolean): void {
    this.#assertHost(by);
    if (this.#switch?.epoch !== epoch) throw new MeshliftError('STALE_EPOCH');
    this.#switch.decide(leaveOut);
  }

  /** @throws MeshliftError `WRONG_STATE` unless the room is on the relay, or on its way to it */
  async openSend(by: Session, client: Client): Promise<RequestReply<'room:send'>> {
    this.#assertRelay();
    return this.#media.openSend(this.#of(by).id, client);
  }

  /** @throws MeshliftError `WRONG_STATE` unless the room is on the relay, or on its way to it; `RTP_REJECTED` */
  async openReceive(
    by: Session,
    client: Client,
    rtpCapabilities: RtpCapabilities,
  ): Promise<RequestReply<'room:receive'>> {
    this.#assertRelay();
    return this.#media.openReceive(this.#of(by).id, client, rtpCapabilities);
  }

  /** The media node lost the room's relay: a small room goes back to the mesh at once, a larger one waits. */
  relayLost(): Promise<void> {
    return this.#queue(async () => {
      if (this.#switch?.to === 'sfu') {
        this.#switch.abort();
        return;
      }
      if (this.#mode !== 'sfu') return;
      if (this.size > LARGEST_MESH) {
        await this.#media.open();
        return;
      }
      this.#switch?.close();
      this.#switch = undefined;
      this.#epoch += 1;
      this.#mode = 'mesh';
      this.#tellAll('room:switch', { epoch: this.#epoch, mode: 'mesh', phase: 'commit', failures: [] });
      await this.#media.close();
    });
  }

  async resume(session: Session, client: Client): Promise<RequestReply<'session:resume'>> {
    session.attach(client);
    if (this.#media.holds(session)) return this.#media.state(session);
    return { kind: 'participant', room: this.#stateFor(this.#of(session)) };
  }

  detach(session: Session): void {
    session.detach(this.#context.graceMs, () => void this.leave(session));
  }

  async leave(session: Session): Promise<void> {
    if (this.#media.holds(session)) {
      await this.#media.drop(session);
      return;
    }
    const participant = this.#findBy(session);
    if (!participant) return;
    this.#participants.delete(participant.id);
    this.#context.sessions.remove(session);
    await this.#media.leave(participant.id);
    this.#tellAll('room:left', { participantId: participant.id });
    this.#switch?.left(participant.id);
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
    this.#switch?.close();
    for (const { session } of this.#participants.values()) this.#context.sessions.remove(session);
    this.#participants.clear();
    await this.#media.close();
  }

  async #end(): Promise<void> {
    await this.close();
    this.#context.ended(this);
  }

  #enterPhase(phase: SwitchPhase, failures: SwitchFailure[]): void {
    const current = this.#switch;
    if (!current) return;
    const { to: mode, epoch, gaps } = current;
    if (phase === 'commit') {
      this.#mode = mode;
      this.#epoch = epoch;
      for (const { kind, gapMs } of gaps) this.#context.observeGap(mode, kind, Math.max(0, gapMs) / 1_000);
    }
    this.#tellAll('room:switch', { epoch, mode, phase, failures });
    if (phase !== 'commit' && phase !== 'abort') return;
    this.#switch = undefined;
    this.#context.logger.info(
      { roomId: this.id, mode, outcome: phase, participants: this.size },
      'room switch',
    );
    if (this.#mode === 'mesh') void this.#queue(() => this.#closeUnusedRelay());
  }

  /** After a switch back, or one that failed, nothing of the room stays in the media node. */
  async #closeUnusedRelay(): Promise<void> {
    if (this.#mode === 'mesh' && !this.#switch && this.#media.isOpen) await this.#media.close();
  }

  #tellStuck(waitingFor: string[]): void {
    const epoch = this.#switch?.epoch;
    if (epoch === undefined) return;
    for (const { host, session } of this.#participants.values()) {
      if (host) session.send('room:switchStuck', { epoch, waitingFor });
    }
  }

  #stateFor(participant: Participant): RoomState {
    const others = [...this.#participants.values()].filter((other) => other !== participant);
    const current = this.#switch;
    return {
      locked: this.#locked,
      mode: this.#mode,
      auto: false,
      epoch: this.#epoch,
      ...(current ? { switching: { epoch: current.epoch, mode: current.to, phase: current.phase } } : {}),
      participants: others.map(describe),
      host: participant.host,
    };
  }

  #assertRelay(): void {
    if (this.#media.isOpen) return;
    throw new MeshliftError('WRONG_STATE', 'The room is not on the relay.');
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
