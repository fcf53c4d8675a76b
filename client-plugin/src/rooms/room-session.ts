import {
  type EventPayload,
  MeshliftError,
  type RequestReply,
  type RoomMemory,
  type RoomState,
} from '@meshlift/protocol';
import type { SessionListeners, SignalingConnection } from '../signaling/signaling-connection.ts';

/** This page's part in a room, as the server knows it. */
export class RoomSession {
  readonly #connection: SignalingConnection;
  readonly #roomId: string;
  #sessionId = '';
  #participantId = '';
  #host = false;
  #founded = false;
  #hostKey: string | undefined;
  /** How the room stands, for a server that has forgotten it. */
  #memory: RoomMemory | undefined;

  constructor(connection: SignalingConnection, roomId: string, hostKey: string | undefined) {
    this.#connection = connection;
    this.#roomId = roomId;
    this.#hostKey = hostKey;
  }

  /** Names the session in requests; empty before the first `join`. */
  get id(): string {
    return this.#sessionId;
  }

  /** Empty before the first `join`. */
  get participantId(): string {
    return this.#participantId;
  }

  get host(): boolean {
    return this.#host;
  }

  /** Whether nobody was there when this page joined for the first time, so that it decides how the room begins. */
  get founded(): boolean {
    return this.#founded;
  }

  get hostKey(): string | undefined {
    return this.#hostKey;
  }

  /**
   * Joins, or joins once more after the session was lost: then the room is brought back as this page knows it, if the
   * server has been restarted.
   *
   * @throws MeshliftError `ROOM_LOCKED`, `ROOM_FULL`, `SERVER_FULL`, `DISCONNECTED`, `NOT_HOST` the first time
   */
  async join(): Promise<RoomState> {
    const hostKey = this.#hostKey;
    const memory = this.#memory;
    const payload = {
      roomId: this.#roomId,
      ...(hostKey === undefined ? {} : { hostKey }),
      ...(memory === undefined ? {} : { memory }),
    };
    try {
      const joined = await this.#connection.request('room:join', payload);
      this.#connection.unfollow(this.#sessionId);
      this.#founded = this.#sessionId === '' && joined.room.host && joined.room.participants.length === 0;
      this.#sessionId = joined.sessionId;
      this.#participantId = joined.participantId;
      this.#host = joined.room.host;
      this.#hostKey = this.#host ? (joined.hostKey ?? hostKey) : undefined;
      this.#learn(joined.room);
      return joined.room;
    } catch (error) {
      // Meanwhile the room has got another host: this page comes back as a guest.
      if (this.#sessionId !== '' && MeshliftError.from(error).code === 'NOT_HOST') this.#hostKey = undefined;
      throw error;
    }
  }

  /** @throws MeshliftError `SESSION_NOT_FOUND` after too long an absence */
  async resume(): Promise<RoomState> {
    const resumed = await this.#connection.request('session:resume', { sessionId: this.#sessionId });
    if (resumed.kind !== 'participant') throw new MeshliftError('WRONG_STATE');
    this.#host = resumed.room.host;
    this.#hostKey = this.#host ? (resumed.room.hostKey ?? this.#hostKey) : undefined;
    this.#learn(resumed.room);
    return resumed.room;
  }

  follow(listeners: SessionListeners): void {
    this.#connection.follow(this.#sessionId, listeners);
  }

  async signal(to: string, signal: string): Promise<void> {
    await this.#connection.request('room:signal', { sessionId: this.#sessionId, to, signal });
  }

  async setLocked(locked: boolean): Promise<void> {
    await this.#connection.request('room:setLocked', { sessionId: this.#sessionId, locked });
  }

  async handOver(to: string): Promise<void> {
    await this.#connection.request('room:handOver', { sessionId: this.#sessionId, to });
  }

  async decideSwitch(epoch: number, leaveOut: boolean): Promise<void> {
    await this.#connection.request('room:decideSwitch', { sessionId: this.#sessionId, epoch, leaveOut });
  }

  /** @param offer whether people may watch, and a stream that was offered before with its key */
  publish(offer: {
    allowed: boolean;
    streamId?: string;
    publishKey?: string;
  }): Promise<RequestReply<'room:publish'>> {
    return this.#connection.request('room:publish', { sessionId: this.#sessionId, ...offer });
  }

  async setAudience(allowed: boolean): Promise<void> {
    await this.#connection.request('room:setAudience', { sessionId: this.#sessionId, allowed });
  }

  /** The server has told who the hosts are. The key comes with it for who has just become one. */
  hostsAre({ hosts, hostKey, ...hashes }: Omit<EventPayload<'room:host'>, 'sessionId'>): void {
    this.#host = hosts.includes(this.#participantId);
    this.#hostKey = this.#host ? (hostKey ?? this.#hostKey) : undefined;
    this.#learn({ ...hashes, locked: this.#memory?.locked ?? false });
  }

  lockedIs(locked: boolean): void {
    if (this.#memory) this.#memory.locked = locked;
  }

  #learn({ hostHash, actingHash, locked }: RoomMemory): void {
    this.#memory = { hostHash, ...(actingHash === undefined ? {} : { actingHash }), locked };
  }

  /** Ends it at once. Without a connection the server finds out by itself. */
  async close(): Promise<void> {
    await this.#connection.request('session:close', { sessionId: this.#sessionId }).catch(() => undefined);
  }
}
