import {
  type HostHashes,
  type MediaNode,
  MeshliftError,
  type RequestReply,
  type RoomMemory,
  type RoomMode,
  type RoomParticipant,
  type RoomState,
  type RtpCapabilities,
} from '@meshlift/protocol';
import type { Logger } from '@meshlift/telemetry';
import { KeyHash, newHostKey, newParticipantId, newSessionId } from '../access/capabilities.ts';
import { type Client, Session, type SessionOwner } from '../sessions/session.ts';
import type { SessionRegistry } from '../sessions/session-registry.ts';
import type { Streams } from '../streams/streams.ts';
import { Audiences } from './audiences.ts';
import { HostKeys, type Role } from './host-keys.ts';
import { RoomMedia } from './room-media.ts';
import { RoomModes, type RoomPeople } from './room-modes.ts';
import { RELOAD_WITHIN_MS, Succession } from './succession.ts';

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

/** What somebody brings who wants in. */
export interface Arrival {
  hostKey?: string | undefined;
  /** What they know of the room, while that may count. */
  memory?: RoomMemory | undefined;
  /** Whether the server was started a short time ago, and may know less of the room than those who come. */
  restoring: boolean;
}

interface Participant {
  id: string;
  session: Session;
  role: Role;
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
  readonly #succession: Succession;
  /** Undefined until somebody is in it, or has brought it back. */
  #keys: HostKeys | undefined;
  #locked = false;
  /** Brought back by somebody who had been in it before a restart. */
  #restored = false;
  /** A host has said how the room stands; until then what the others remember counts. */
  #settled = true;
  #deadline: NodeJS.Timeout | undefined;

  constructor(id: string, context: RoomContext) {
    const { node, sessions, streams, logger, observeGap } = context;
    const participants = this.#participants;
    this.id = id;
    this.#context = context;
    this.#media = new RoomMedia({
      node,
      sessions,
      owner: this,
      isPresent: (participantId) => participants.has(participantId),
    });
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
    this.#succession = new Succession(
      {
        get hasHost() {
          return [...participants.values()].some(({ role }) => role !== 'guest');
        },
        get present() {
          return [...participants.values()].filter(({ session }) => session.client !== undefined);
        },
      },
      (participantId) => this.#appoint(this.#find(participantId)),
    );
  }

  get size(): number {
    return this.#participants.size;
  }

  get relayId(): string {
    return this.#media.relayId;
  }

  /** Whether this is the room that somebody remembers, by the hash of its host key. */
  knows(hostHash: string): boolean {
    return this.#keys?.knows(hostHash) ?? false;
  }

  /** Whether this key makes somebody its host. */
  isHostedBy(hostKey: string): boolean {
    return this.#keys?.roleOf(hostKey) !== undefined;
  }

  /** Whether somebody brought it back after a restart; otherwise it was founded since then. */
  get restored(): boolean {
    return this.#restored;
  }

  /**
   * Makes it the room that somebody was in before the server was restarted. Those who have founded one of the same
   * name meanwhile are guests in it, or out of it if it is locked.
   */
  restore({ hostHash, actingHash, locked }: RoomMemory): void {
    this.#keys = new HostKeys(new KeyHash({ hash: hostHash }));
    this.#keys.rememberActing(actingHash);
    this.#restored = true;
    this.#settled = false;
    const newcomers = [...this.#participants.values()];
    for (const newcomer of newcomers) newcomer.role = 'guest';
    this.#locked = locked;
    if (locked) {
      // They are not told the hash, by which those who were in the room are let in.
      for (const { session } of newcomers) {
        session.send('session:closed', new MeshliftError('ROOM_LOCKED').toBody());
        void this.leave(session);
      }
    } else this.#tellHostsChanged();
    // Whoever brings it back may not get in.
    if (this.size === 0) this.#endWhenAwaited();
    else this.#succession.await(this.#hostWithinMs);
  }

  /** @throws MeshliftError `NOT_HOST` for a wrong host key, `ROOM_LOCKED`, `ROOM_FULL` */
  join(client: Client, arrival: Arrival): RequestReply<'room:join'> {
    const { hostKey, memory } = arrival;
    const newKey = this.#keys || hostKey !== undefined ? undefined : newHostKey();
    const founding = new HostKeys(new KeyHash(hostKey ?? newKey ?? ''));
    const keys = this.#keys ?? founding;
    const key = hostKey ?? newKey;
    const role = key === undefined ? 'guest' : keys.roleOf(key);
    if (!role) throw new MeshliftError('NOT_HOST');
    const returning = memory !== undefined && keys.isPresent(memory.hostHash);
    if (this.#locked && role === 'guest' && !returning) throw new MeshliftError('ROOM_LOCKED');
    if (this.size >= MOST_PARTICIPANTS) throw new MeshliftError('ROOM_FULL');
    clearTimeout(this.#deadline);
    this.#keys = keys;
    const participant: Participant = {
      id: newParticipantId(),
      session: new Session(newSessionId(), 'participant', this, client),
      role,
    };
    this.#tellAll('room:joined', { participant: describe(participant) });
    this.#participants.set(participant.id, participant);
    this.#context.sessions.add(participant.session);
    const settles = !this.#settled && role !== 'guest';
    // A host who reloaded while the server was away has forgotten how the room stood; the others have not.
    if (keys === founding && hostKey !== undefined && arrival.restoring) this.#settled = false;
    if (returning) this.#remember(memory, role);
    if (role === 'host') this.#dismissActing();
    this.#succession.look();
    this.#succession.await(this.#hostWithinMs);
    // Whoever joins learns of a switch that begins by that after they know that they have joined.
    setImmediate(() => this.modes.joined());
    return {
      sessionId: participant.session.id,
      participantId: participant.id,
      room: { ...this.#stateFor(participant), ...(settles ? { restored: true } : {}) },
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
    this.#settled = true;
    this.#setLocked(locked);
  }

  /** @throws MeshliftError `NOT_HOST`, `PARTICIPANT_NOT_FOUND` */
  handOver(by: Session, to: string): void {
    const { role } = this.#of(by);
    if (role === 'guest' || !this.#keys) throw new MeshliftError('NOT_HOST');
    const next = this.#find(to);
    const hostKey = this.#keys.handOver(role);
    for (const participant of this.#participants.values()) {
      participant.role = 'guest';
      participant.newHostKey = undefined;
    }
    this.#makeHost(next, role, hostKey);
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
    this.#succession.look();
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
    const expired = session.client === undefined;
    this.#participants.delete(participant.id);
    if (this.size > 0) this.#succession.await(expired ? 0 : this.#hostWithinMs);
    else this.#succession.close();
    this.#context.sessions.remove(session);
    this.audiences.left(participant.id);
    await this.#media.leave(participant.id);
    this.#tellAll('room:left', { participantId: participant.id });
    this.modes.left(participant.id);
    if (this.size > 0) return;
    // A host who reloads alone finds the room again, with its key.
    this.#endWhenAwaited();
  }

  get logFields(): { roomId: string } {
    return { roomId: this.id };
  }

  async sessionLost(session: Session, error: MeshliftError): Promise<void> {
    session.send('session:closed', error.toBody());
    await this.leave(session);
  }

  async close(): Promise<void> {
    clearTimeout(this.#deadline);
    this.#succession.close();
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
    if (this.#of(session).role === 'guest') throw new MeshliftError('NOT_HOST');
  }

  /** It ends unless somebody comes within the grace time. */
  #endWhenAwaited(): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => void this.#end(), this.#context.graceMs);
    this.#deadline.unref();
  }

  async #end(): Promise<void> {
    if (this.size > 0) return;
    await this.close();
    this.#context.ended(this);
  }

  /** How long a host may take to come: as long as a reload, or as everybody after a restart. */
  get #hostWithinMs(): number {
    const { graceMs } = this.#context;
    return this.#settled ? Math.min(RELOAD_WITHIN_MS, graceMs) : graceMs;
  }

  get #hashes(): HostHashes {
    if (!this.#keys) throw new MeshliftError('INTERNAL', 'A room with people in it has host keys.');
    return this.#keys.hashes;
  }

  /** What somebody who is back knows of the room. The first host to come back is believed for good. */
  #remember({ locked, actingHash }: RoomMemory, role: Role): void {
    if (this.#settled) return;
    this.#settled = role !== 'guest';
    this.#keys?.rememberActing(actingHash);
    const next = this.#settled ? locked : locked || this.#locked;
    if (next !== this.#locked) this.#setLocked(next);
  }

  #setLocked(locked: boolean): void {
    this.#locked = locked;
    this.#tellAll('room:locked', { locked });
  }

  #appoint(participant: Participant): void {
    if (this.#keys) this.#makeHost(participant, 'acting', this.#keys.appoint());
  }

  /** The room's own key is here again. */
  #dismissActing(): void {
    const acting = [...this.#participants.values()].filter(({ role }) => role === 'acting');
    this.#keys?.dismiss();
    for (const participant of acting) {
      participant.role = 'guest';
      participant.newHostKey = undefined;
    }
    if (acting.length > 0) this.#tellHostsChanged();
  }

  #makeHost(participant: Participant, role: 'host' | 'acting', hostKey: string): void {
    participant.role = role;
    participant.newHostKey = hostKey;
    this.#succession.look();
    this.#tellHostsChanged(participant);
  }

  /** @param withKey who has just become host, and is told the key */
  #tellHostsChanged(withKey?: Participant): void {
    const hosts = [...this.#participants.values()].filter(({ role }) => role !== 'guest').map(({ id }) => id);
    for (const participant of this.#participants.values()) {
      const { session, newHostKey: hostKey } = participant;
      const key = participant === withKey && hostKey !== undefined ? { hostKey } : {};
      session.send('room:host', { hosts, ...this.#hashes, ...key });
    }
  }

  #stateFor(participant: Participant): RoomState {
    const others = [...this.#participants.values()].filter((other) => other !== participant);
    const audience = this.audiences.stateFor(participant.id, participant.session.client);
    return {
      locked: this.#locked,
      ...this.modes.state,
      participants: others.map(describe),
      host: participant.role !== 'guest',
      ...this.#hashes,
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

  #tellHosts: RoomPeople['tellHosts'] = (name, payload) => {
    const hosts = [...this.#participants.values()].filter(({ role }) => role !== 'guest');
    for (const { session } of hosts) session.send(name, payload);
    return hosts.some(({ session }) => session.client !== undefined);
  };
}

function describe({ id, role }: Participant): RoomParticipant {
  return { participantId: id, host: role !== 'guest' };
}
