import {
  type MediaNode,
  MeshliftError,
  type RequestPayload,
  type RequestReply,
  type RoomMemory,
} from '@meshlift/protocol';
import { Gauge, Histogram, type Logger, liveIds, type Registry } from '@meshlift/telemetry';
import type { Cluster } from '../cluster/cluster.ts';
import type { Client, Session } from '../sessions/session.ts';
import type { SessionRegistry } from '../sessions/session-registry.ts';
import type { Streams } from '../streams/streams.ts';
import { Room, type RoomContext } from './room.ts';
import { RoomClaims } from './room-claims.ts';

const MOST_ROOMS = 10_000;

/**
 * After its start the server takes word of rooms it has forgotten: connections that dropped are tried again every
 * three seconds at least, and pages in the background are late.
 */
const RESTORING_FOR_MS = 60_000;

/** All rooms that this process answers for. A room begins with its first participant and ends after its last. */
export class Rooms {
  /** Who answers for which rooms. */
  readonly claims: RoomClaims;
  readonly #context: RoomContext;
  /** More than one of a name are there only if different people have brought it back after a restart. */
  readonly #byId = new Map<string, Room[]>();
  readonly #byRelay = new Map<string, Room>();
  /** By the sessions of participants. */
  readonly #bySession = new WeakMap<Session, Room>();
  readonly #restoringUntil = performance.now() + RESTORING_FOR_MS;

  constructor(options: {
    cluster: Cluster;
    node: MediaNode;
    sessions: SessionRegistry;
    streams: Streams;
    logger: Logger;
    registry: Registry;
    graceSeconds: number;
  }) {
    const { cluster, node, sessions, streams, logger, registry, graceSeconds } = options;
    this.claims = new RoomClaims({
      ...cluster,
      logger,
      isInUse: (roomId) => this.has(roomId),
      lost: (roomId) => this.#abandon(roomId),
    });
    const gaps = this.#registerMetrics(registry);
    this.#context = {
      node,
      sessions,
      streams,
      logger,
      graceMs: graceSeconds * 1_000,
      observeGap: (mode, kind, seconds) => gaps.observe({ mode, kind }, seconds),
      changed: (room) => {
        // Rooms that share a name are an accident, and the first of them stands for all.
        if (this.#byId.get(room.id)?.[0] === room) this.claims.describe(room.id, room.record);
      },
      settled: (room) => this.claims.settled(room.id),
      ended: (room) => {
        this.#forget(room);
        this.claims.releaseUnused(room.id);
      },
    };
    node.on('relayLost', ({ relayId }) => {
      void this.#byRelay.get(relayId)?.relayLost();
    });
  }

  /**
   * Lets somebody into the room of that name, which is made if there is none. Who was in it before the server was
   * restarted comes back to the room whose host key they know by its hash, whoever has taken its name meanwhile. This
   * process has to hold the claim of that name: see `RoomClaims.during`.
   *
   * @throws MeshliftError `SERVER_FULL`, and see `Membership.join`
   */
  join(client: Client, { roomId, hostKey, memory }: RequestPayload<'room:join'>): RequestReply<'room:join'> {
    const restoring = performance.now() < this.#restoringUntil || this.claims.isRestoring(roomId);
    const room = (memory && this.#remembered(roomId, memory, restoring)) ?? this.#open(roomId, hostKey);
    const { session, reply } = room.join(client, {
      hostKey,
      memory: restoring ? memory : undefined,
      restoring,
    });
    this.#bySession.set(session, room);
    return reply;
  }

  /** Whether somebody is in a room of that name, or may come back to it. */
  has(roomId: string): boolean {
    return this.#byId.has(roomId);
  }

  /** The room a participant's session is in. @throws MeshliftError `WRONG_STATE` for other sessions */
  of(session: Session): Room {
    const room = this.#bySession.get(session);
    if (!room) throw new MeshliftError('WRONG_STATE', 'This session is not in a room.');
    return room;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#byRelay.values()].map((room) => room.close()));
    for (const id of this.#byId.keys()) liveIds.delete(id);
    this.#byId.clear();
    this.#byRelay.clear();
  }

  /** @returns undefined if the memory is of no use: of a room that has ended, under a name that is in use again */
  #remembered(roomId: string, memory: RoomMemory, restoring: boolean): Room | undefined {
    const rooms = this.#byId.get(roomId) ?? [];
    const known = rooms.find((room) => room.members.knows(memory.hostHash));
    if (known) return known;
    // Of a room that was taken over, the door before has said how it stands.
    const inherited = this.claims.inheritedOf(roomId)?.hostHash;
    if (rooms.length === 0 && inherited === memory.hostHash) return this.#make(roomId);
    if (inherited !== undefined || (rooms.length > 0 && !restoring)) return undefined;
    // Two groups that remember different hosts do not mix: the server cannot tell which of them is right.
    const room = rooms.find(({ members }) => !members.restored) ?? this.#make(roomId);
    room.restore(memory);
    return room;
  }

  #open(roomId: string, hostKey: string | undefined): Room {
    const rooms = this.#byId.get(roomId) ?? [];
    const own = hostKey === undefined ? undefined : rooms.find((room) => room.members.isHostedBy(hostKey));
    return own ?? rooms[0] ?? this.#make(roomId);
  }

  #make(roomId: string): Room {
    if (this.#byRelay.size >= MOST_ROOMS) throw new MeshliftError('SERVER_FULL');
    const room = new Room(roomId, this.#context);
    this.#byRelay.set(room.relayId, room);
    this.#byId.set(roomId, [...(this.#byId.get(roomId) ?? []), room]);
    liveIds.add('room', roomId);
    const inherited = this.claims.inheritedOf(roomId);
    if (inherited) room.inherit(inherited);
    return room;
  }

  #forget(room: Room): void {
    const rooms = this.#byId.get(room.id) ?? [];
    const rest = rooms.filter((other) => other !== room);
    this.#byRelay.delete(room.relayId);
    if (rest.length > 0) this.#byId.set(room.id, rest);
    else if (this.#byId.delete(room.id)) liveIds.delete(room.id);
  }

  #abandon(roomId: string): void {
    for (const room of this.#byId.get(roomId) ?? []) {
      this.#forget(room);
      void room.abandon();
    }
  }

  #registerMetrics(registry: Registry): Histogram<'mode' | 'kind'> {
    const rooms = this.#byRelay;
    const registers = [registry];
    new Gauge({
      name: 'meshlift_rooms',
      help: 'Rooms by how their media travels, those included that wait for somebody to come back',
      labelNames: ['mode'],
      registers,
      collect() {
        for (const mode of ['mesh', 'sfu'] as const) {
          this.set({ mode }, [...rooms.values()].filter(({ modes }) => modes.mode === mode).length);
        }
      },
    });
    new Gauge({
      name: 'meshlift_participants',
      help: 'Participants over all rooms',
      registers,
      collect() {
        this.set([...rooms.values()].reduce((sum, { members }) => sum + members.size, 0));
      },
    });
    return new Histogram({
      name: 'meshlift_switch_gap_seconds',
      help: 'Time without a new frame, or with silence, that viewers reported of a switch to each mode',
      labelNames: ['mode', 'kind'],
      buckets: [0.01, 0.02, 0.04, 0.06, 0.1, 0.2, 0.5, 1, 2, 5],
      registers,
    });
  }
}
