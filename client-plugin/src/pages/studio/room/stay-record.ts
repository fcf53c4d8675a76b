import type { Room } from '../../../index.ts';
import { type Way, wayOf } from '../../shared/stream-facts.ts';

/** What there is to say of a stay in a room that is over. */
export interface StaySummary {
  /** From joining to leaving, in milliseconds; breaks are counted in. */
  stayMs: number;
  /** For how many of them the room was relayed. */
  relayedMs: number;
  /** The most who were in the room at one time, this page counted in. */
  mostPeople: number;
  /** The most who watched this page's media from outside at one time. */
  mostWatching: number;
  /** All the ways that it travelled. */
  ways: Way[];
}

/** What a tab keeps with its stay, so that a reload loses nothing of it. Times are milliseconds since the epoch. */
export interface KeptStayRecord extends Omit<StaySummary, 'stayMs'> {
  since: number;
  /** Until when `relayedMs` counts what is relayed now; undefined while the room is not. */
  relayedUntil?: number;
}

/** Notes of a stay how long it lasts, how many are there and watch, and how media travels. */
export class StayRecord {
  readonly #now: () => number;
  #kept: KeptStayRecord;

  /** @param kept from before a reload */
  constructor(kept?: KeptStayRecord, now = Date.now) {
    this.#now = now;
    this.#kept = kept ?? { since: now(), relayedMs: 0, mostPeople: 1, mostWatching: 0, ways: [] };
  }

  get kept(): KeptStayRecord {
    return this.#kept;
  }

  /** Of the stay until now. */
  get summary(): StaySummary {
    const now = this.#now();
    const { since, relayedUntil = now, relayedMs, ...rest } = this.#kept;
    return {
      stayMs: Math.max(0, now - since),
      relayedMs: relayedMs + Math.max(0, now - relayedUntil),
      ...rest,
    };
  }

  /**
   * The room is so now.
   *
   * @param encoder whether what this page sends comes from an encoder
   */
  see(room: Pick<Room, 'mode' | 'uplink' | 'participants' | 'audience'>, encoder = false): void {
    const now = this.#now();
    const { relayedUntil = now, ...kept } = this.#kept;
    const way = wayOf(room, encoder);
    this.#kept = {
      ...kept,
      relayedMs: kept.relayedMs + Math.max(0, now - relayedUntil),
      ...(room.mode === 'sfu' && { relayedUntil: now }),
      mostPeople: Math.max(kept.mostPeople, room.participants.length + 1),
      mostWatching: Math.max(kept.mostWatching, room.audience?.viewers ?? 0),
      ways: kept.ways.includes(way) ? kept.ways : [...kept.ways, way],
    };
  }
}
