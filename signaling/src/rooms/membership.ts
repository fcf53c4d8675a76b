import {
  type HostHashes,
  MeshliftError,
  type RoomMemory,
  type RoomParticipant,
  type RoomState,
} from '@meshlift/protocol';
import { KeyHash, newHostKey, newParticipantId } from '../access/capabilities.ts';
import type { Session } from '../sessions/session.ts';
import { HostKeys, type Role } from './host-keys.ts';
import type { RoomPeople } from './room-modes.ts';
import { RELOAD_WITHIN_MS, Succession, type Successors } from './succession.ts';

/** Past this a room is a broadcast: one publishes and the others watch by stream ID. */
const MOST_PARTICIPANTS = 64;

/** What somebody brings who wants in. */
export interface Arrival {
  hostKey?: string | undefined;
  /** What they know of the room, while that may count. */
  memory?: RoomMemory | undefined;
  /** Whether the server was started a short time ago, and may know less of the room than those who come. */
  restoring: boolean;
}

export interface Participant {
  readonly id: string;
  readonly session: Session;
  role: Role;
  /** The key that came with being made host, until they have come back once: they may have been away. */
  newHostKey?: string | undefined;
}

/** Somebody who has been let in. */
export interface Admission {
  participant: Participant;
  /** The room's host key, which was made for them. */
  newKey?: string | undefined;
  /** Whether it is a host whose word counts from now on about how the room was before a restart. */
  settles: boolean;
}

/** Who is in a room, which of them are hosts and by which keys, and whether guests may come in. */
export class Membership implements RoomPeople, Successors {
  readonly #graceMs: number;
  readonly #changed: () => void;
  readonly #participants = new Map<string, Participant>();
  readonly #bySession = new Map<Session, Participant>();
  readonly #succession: Succession;
  /** Undefined until somebody is in it, or has brought it back. */
  #keys: HostKeys | undefined;
  #locked = false;
  /** Brought back by somebody who had been in it before a restart. */
  #restored = false;
  /** A host has said how the room stands; until then what the others remember counts. */
  #settled = true;

  /**
   * @param options.graceMs how long somebody whose connection dropped keeps their place
   * @param options.changed the lock or the room's own host key is another one
   */
  constructor({ graceMs, changed }: { graceMs: number; changed: () => void }) {
    this.#graceMs = graceMs;
    this.#changed = changed;
    this.#succession = new Succession(this, (participantId) => this.#appoint(this.find(participantId)));
  }

  get size(): number {
    return this.#participants.size;
  }

  get ids(): string[] {
    return [...this.#participants.keys()];
  }

  get sessions(): Session[] {
    return [...this.#bySession.keys()];
  }

  get hasHost(): boolean {
    return this.#hosts.length > 0;
  }

  get present(): Participant[] {
    return this.#all.filter(({ session }) => session.client !== undefined);
  }

  /** Whether somebody brought the room back after a restart; otherwise it was founded since then. */
  get restored(): boolean {
    return this.#restored;
  }

  /** What the room leaves to a door that takes it over. */
  get record(): { locked: boolean; hostHash: string | undefined } {
    return { locked: this.#locked, hostHash: this.#keys?.hashes.hostHash };
  }

  has(participantId: string): boolean {
    return this.#participants.has(participantId);
  }

  readonly isConnected = (participantId: string): boolean =>
    this.#participants.get(participantId)?.session.client !== undefined;

  /** Whether this is the room that somebody remembers, by the hash of its host key. */
  knows(hostHash: string): boolean {
    return this.#keys?.knows(hostHash) ?? false;
  }

  /** Whether this key makes somebody its host. */
  isHostedBy(hostKey: string): boolean {
    return this.#keys?.roleOf(hostKey) !== undefined;
  }

  /** @throws MeshliftError `PARTICIPANT_NOT_FOUND` */
  find(participantId: string): Participant {
    const participant = this.#participants.get(participantId);
    if (!participant) throw new MeshliftError('PARTICIPANT_NOT_FOUND');
    return participant;
  }

  /** The participant whose session this is. @throws MeshliftError `SESSION_NOT_FOUND` */
  of(session: Session): Participant {
    const participant = this.#bySession.get(session);
    if (!participant) throw new MeshliftError('SESSION_NOT_FOUND');
    return participant;
  }

  /** @throws MeshliftError `NOT_HOST` */
  assertHost(session: Session): void {
    if (this.of(session).role === 'guest') throw new MeshliftError('NOT_HOST');
  }

  /**
   * Makes the room the one that somebody was in before the server was restarted. Those who have founded one of the same
   * name meanwhile are guests in it, or out of it if it is locked.
   *
   * @returns the sessions of those who are out of it
   */
  restore({ hostHash, actingHash, locked }: RoomMemory): Session[] {
    this.#keys = new HostKeys(new KeyHash({ hash: hostHash }));
    this.#keys.rememberActing(actingHash);
    this.#restored = true;
    this.#settled = false;
    for (const newcomer of this.#all) newcomer.role = 'guest';
    this.#locked = locked;
    this.#changed();
    // They do not receive the hash, by which those who were in the room are let in.
    if (locked) return this.sessions;
    this.#tellHostsChanged();
    if (this.size > 0) this.#succession.await(this.#hostWithinMs);
    return [];
  }

  /** Makes the room, in which nobody is yet, the one that another door answered for before it ended. */
  inherit({ locked, hostHash }: { locked: boolean; hostHash: string }): void {
    this.#keys = new HostKeys(new KeyHash({ hash: hostHash }));
    this.#restored = true;
    this.#locked = locked;
  }

  /** @throws MeshliftError `NOT_HOST` for a wrong host key, `ROOM_LOCKED`, `ROOM_FULL` */
  join(session: Session, { hostKey, memory, restoring }: Arrival): Admission {
    const newKey = this.#keys || hostKey !== undefined ? undefined : newHostKey();
    const founding = new HostKeys(new KeyHash(hostKey ?? newKey ?? ''));
    const keys = this.#keys ?? founding;
    const returning = memory !== undefined && keys.isPresent(memory.hostHash);
    // Of who acts as host only those who were there know.
    if (returning) keys.rememberActing(memory.actingHash);
    const key = hostKey ?? newKey;
    const role = key === undefined ? 'guest' : keys.roleOf(key);
    if (!role) throw new MeshliftError('NOT_HOST');
    if (this.#locked && role === 'guest' && !returning) throw new MeshliftError('ROOM_LOCKED');
    if (this.size >= MOST_PARTICIPANTS) throw new MeshliftError('ROOM_FULL');
    this.#keys = keys;
    const participant: Participant = { id: newParticipantId(), session, role };
    this.tellAll('room:joined', { participant: describe(participant) });
    this.#participants.set(participant.id, participant);
    this.#bySession.set(session, participant);
    const settles = !this.#settled && role !== 'guest';
    // A host who reloaded while the server was away has forgotten how the room stood; the others have not.
    if (keys === founding && hostKey !== undefined && restoring) this.#settled = false;
    if (returning) this.#remember(memory, role);
    if (role === 'host') this.#dismissActing();
    if (keys === founding) this.#changed();
    this.#succession.look();
    this.#succession.await(this.#hostWithinMs);
    return { participant, newKey, settles };
  }

  /** Somebody is back on another connection. @returns the host key that they have not seen yet */
  returned(participant: Participant): { hostKey?: string } {
    this.#succession.look();
    const { newHostKey: hostKey } = participant;
    participant.newHostKey = undefined;
    return hostKey === undefined ? {} : { hostKey };
  }

  /** @returns who has left, or `undefined` for a session that is nobody's any more */
  leave(session: Session): Participant | undefined {
    const participant = this.#bySession.get(session);
    if (!participant) return undefined;
    const expired = session.client === undefined;
    this.#participants.delete(participant.id);
    this.#bySession.delete(session);
    if (this.size > 0) this.#succession.await(expired ? 0 : this.#hostWithinMs);
    else this.#succession.close();
    return participant;
  }

  /** @throws MeshliftError `NOT_HOST` */
  setLocked(by: Session, locked: boolean): void {
    this.assertHost(by);
    this.#settled = true;
    this.#setLocked(locked);
  }

  /** @throws MeshliftError `NOT_HOST`, `PARTICIPANT_NOT_FOUND` */
  handOver(by: Session, to: string): void {
    const { role } = this.of(by);
    if (role === 'guest' || !this.#keys) throw new MeshliftError('NOT_HOST');
    const next = this.find(to);
    const hostKey = this.#keys.handOver(role);
    this.#dismiss(this.#all);
    this.#changed();
    this.#makeHost(next, role, hostKey);
  }

  /** The part of the room's state that is about its people, for one of them. */
  stateFor(participant: Participant): Pick<RoomState, 'locked' | 'participants' | 'host'> & HostHashes {
    const others = this.#all.filter((other) => other !== participant);
    return {
      locked: this.#locked,
      participants: others.map(describe),
      host: participant.role !== 'guest',
      ...this.#hashes,
    };
  }

  readonly tellAll: RoomPeople['tellAll'] = (name, payload) => {
    for (const { session } of this.#participants.values()) session.send(name, payload);
  };

  readonly tellHosts: RoomPeople['tellHosts'] = (name, payload) => {
    const hosts = this.#hosts;
    for (const { session } of hosts) session.send(name, payload);
    return hosts.some(({ session }) => session.client !== undefined);
  };

  /** Nobody is in it any more, nor waited for. */
  close(): void {
    this.#succession.close();
    this.#participants.clear();
    this.#bySession.clear();
  }

  get #all(): Participant[] {
    return [...this.#participants.values()];
  }

  get #hosts(): Participant[] {
    return this.#all.filter(({ role }) => role !== 'guest');
  }

  /** How long a host may take to come: as long as a reload, or as everybody after a restart. */
  get #hostWithinMs(): number {
    return this.#settled ? Math.min(RELOAD_WITHIN_MS, this.#graceMs) : this.#graceMs;
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
    this.#changed();
    this.tellAll('room:locked', { locked });
  }

  #appoint(participant: Participant): void {
    if (this.#keys) this.#makeHost(participant, 'acting', this.#keys.appoint());
  }

  /** The room's own key is here again. */
  #dismissActing(): void {
    const acting = this.#all.filter(({ role }) => role === 'acting');
    this.#keys?.dismiss();
    this.#dismiss(acting);
    if (acting.length > 0) this.#tellHostsChanged();
  }

  #dismiss(participants: readonly Participant[]): void {
    for (const participant of participants) {
      participant.role = 'guest';
      participant.newHostKey = undefined;
    }
  }

  #makeHost(participant: Participant, role: 'host' | 'acting', hostKey: string): void {
    participant.role = role;
    participant.newHostKey = hostKey;
    this.#succession.look();
    this.#tellHostsChanged(participant);
  }

  /** @param withKey who has just become host, and receives the key */
  #tellHostsChanged(withKey?: Participant): void {
    const hosts = this.#hosts.map(({ id }) => id);
    for (const participant of this.#participants.values()) {
      const { session, newHostKey: hostKey } = participant;
      const key = participant === withKey && hostKey !== undefined ? { hostKey } : {};
      session.send('room:host', { hosts, ...this.#hashes, ...key });
    }
  }
}

function describe({ id, role }: Participant): RoomParticipant {
  return { participantId: id, host: role !== 'guest' };
}
