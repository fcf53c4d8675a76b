import { type MediaNode, MeshliftError } from '@meshlift/protocol';
import { Gauge, Histogram, type Logger, liveIds, type Registry } from '@meshlift/telemetry';
import type { Session } from '../sessions/session.ts';
import type { SessionRegistry } from '../sessions/session-registry.ts';
import type { Streams } from '../streams/streams.ts';
import { Room, type RoomContext } from './room.ts';

const MOST_ROOMS = 10_000;

/** All rooms of this server. A room begins with its first participant and ends after its last. */
export class Rooms {
  readonly #context: RoomContext;
  readonly #byId = new Map<string, Room>();

  constructor(options: {
    node: MediaNode;
    sessions: SessionRegistry;
    streams: Streams;
    logger: Logger;
    registry: Registry;
    graceSeconds: number;
  }) {
    const { node, sessions, streams, logger, registry, graceSeconds } = options;
    const gaps = this.#registerMetrics(registry);
    this.#context = {
      node,
      sessions,
      streams,
      logger,
      graceMs: graceSeconds * 1_000,
      observeGap: (mode, kind, seconds) => gaps.observe({ mode, kind }, seconds),
      ended: (room) => {
        if (this.#byId.delete(room.id)) liveIds.delete(room.id);
      },
    };
    node.on('relayLost', ({ relayId }) => {
      for (const room of this.#byId.values()) if (room.relayId === relayId) void room.relayLost();
    });
  }

  /** The room of that name, which is made if there is none. @throws MeshliftError `SERVER_FULL` */
  open(roomId: string): Room {
    const existing = this.#byId.get(roomId);
    if (existing) return existing;
    if (this.#byId.size >= MOST_ROOMS) throw new MeshliftError('SERVER_FULL');
    const room = new Room(roomId, this.#context);
    this.#byId.set(roomId, room);
    liveIds.add('room', roomId);
    return room;
  }

  /** The room a participant's session is in. @throws MeshliftError `WRONG_STATE` for other sessions */
  of(session: Session): Room {
    if (session.owner instanceof Room) return session.owner;
    throw new MeshliftError('WRONG_STATE', 'This session is not in a room.');
  }

  async close(): Promise<void> {
    await Promise.all([...this.#byId.values()].map((room) => room.close()));
    for (const id of this.#byId.keys()) liveIds.delete(id);
    this.#byId.clear();
  }

  #registerMetrics(registry: Registry): Histogram<'mode' | 'kind'> {
    const rooms = this.#byId;
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
        this.set([...rooms.values()].reduce((sum, { size }) => sum + size, 0));
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
