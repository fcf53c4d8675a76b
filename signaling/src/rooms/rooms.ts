import { MeshliftError } from '@meshlift/protocol';
import { Gauge, type Registry } from '@meshlift/telemetry';
import type { Session } from '../sessions/session.ts';
import type { SessionRegistry } from '../sessions/session-registry.ts';
import { Room } from './room.ts';

const MOST_ROOMS = 10_000;

/** All rooms of this server. A room begins with its first participant and ends after its last. */
export class Rooms {
  readonly #sessions: SessionRegistry;
  readonly #graceMs: number;
  readonly #byId = new Map<string, Room>();

  constructor(options: { sessions: SessionRegistry; registry: Registry; graceSeconds: number }) {
    this.#sessions = options.sessions;
    this.#graceMs = options.graceSeconds * 1_000;
    this.#registerMetrics(options.registry);
  }

  /** The room of that name, which is made if there is none. @throws MeshliftError `SERVER_FULL` */
  open(roomId: string): Room {
    const existing = this.#byId.get(roomId);
    if (existing) return existing;
    if (this.#byId.size >= MOST_ROOMS) throw new MeshliftError('SERVER_FULL');
    const room = new Room(roomId, {
      sessions: this.#sessions,
      graceMs: this.#graceMs,
      ended: (ended) => void this.#byId.delete(ended.id),
    });
    this.#byId.set(roomId, room);
    return room;
  }

  /** The room a participant's session is in. @throws MeshliftError `WRONG_STATE` for other sessions */
  of(session: Session): Room {
    if (session.owner instanceof Room) return session.owner;
    throw new MeshliftError('WRONG_STATE', 'This session is not in a room.');
  }

  close(): void {
    for (const room of this.#byId.values()) room.close();
    this.#byId.clear();
  }

  #registerMetrics(registry: Registry): void {
    const rooms = this.#byId;
    new Gauge({
      name: 'meshlift_rooms',
      help: 'Rooms, those included that wait for somebody to come back',
      registers: [registry],
      collect() {
        this.set(rooms.size);
      },
    });
    new Gauge({
      name: 'meshlift_participants',
      help: 'Participants over all rooms',
      registers: [registry],
      collect() {
        this.set([...rooms.values()].reduce((sum, { size }) => sum + size, 0));
      },
    });
  }
}
