import type { Claim, Details, Directory, Names } from '@meshlift/cluster';
import { MeshliftError } from '@meshlift/protocol';
import type { Logger } from '@meshlift/telemetry';

/** How long those who were in a room may take to come back after its door has ended. */
const RESTORING_FOR_MS = 60_000;

/** What a room leaves to the door that answers for it after this one. */
export type RoomRecord = Details<'rooms'>;

/** The right to answer for the rooms of one name. */
interface Held {
  claimed: Promise<void>;
  claim?: Claim<'rooms'>;
  /** From the door that answered for the room before, and has ended. */
  inherited: RoomRecord | undefined;
  restoringUntil: number;
  /** Those who are about to join. */
  users: number;
  record: RoomRecord;
  written: string;
  writing: Promise<void> | undefined;
}

export interface RoomClaimsOptions {
  directory: Directory;
  names: Names;
  logger: Logger;
  /** Whether there is a room of that name. */
  isInUse: (roomId: string) => boolean;
  /** Another door answers for these rooms by now. */
  lost: (roomId: string) => void;
}

/**
 * Which rooms this process answers for, and who answers for others. A claim is taken with the first who joins, and let
 * go with the room. Its record says how the room stands; it is written when that has changed, one write at a time.
 */
export class RoomClaims {
  readonly #directory: Directory;
  readonly #names: Names;
  readonly #logger: Logger;
  readonly #isInUse: (roomId: string) => boolean;
  readonly #held = new Map<string, Held>();
  readonly #roomOf = new Map<string, string>();

  constructor({ directory, names, logger, isInUse, lost }: RoomClaimsOptions) {
    this.#directory = directory;
    this.#names = names;
    this.#logger = logger;
    this.#isInUse = isInUse;
    directory.onLost(({ kind, name }) => {
      const roomId = kind === 'rooms' ? this.#roomOf.get(name) : undefined;
      if (roomId === undefined) return;
      this.#forget(roomId);
      lost(roomId);
    });
  }

  /**
   * The process that answers for a room, if it is another one.
   *
   * @throws MeshliftError `DIRECTORY_UNAVAILABLE` if it cannot be known
   */
  async ownerOf(roomId: string): Promise<string | undefined> {
    await this.#directory.awake();
    if (this.#held.has(roomId)) return undefined;
    const record = await this.#directory.find('rooms', this.#nameOf(roomId));
    if (!record || record.owner === this.#directory.id) return undefined;
    if (this.#directory.nodes.some(({ id }) => id === record.owner)) return record.owner;
    return (await this.#directory.isGone(record.owner)) ? undefined : record.owner;
  }

  /**
   * Has this process answer for a room while something is done with it, and after that for as long as the room is there.
   *
   * @throws MeshliftError `STALE_OWNER` if another process answers for it; `DIRECTORY_UNAVAILABLE`
   */
  async during<T>(roomId: string, work: () => Promise<T>): Promise<T> {
    const held = this.#held.get(roomId) ?? this.#claim(roomId);
    held.users += 1;
    try {
      await held.claimed;
      return await work();
    } finally {
      held.users -= 1;
      this.releaseUnused(roomId);
    }
  }

  /** How a room stood that this process has taken over. */
  inheritedOf(roomId: string): RoomRecord | undefined {
    return this.#held.get(roomId)?.inherited;
  }

  /** Whether those who were in it may still be about to come back, and know more of it than this process. */
  isRestoring(roomId: string): boolean {
    return performance.now() < (this.#held.get(roomId)?.restoringUntil ?? 0);
  }

  /** How the room stands now. */
  describe(roomId: string, record: RoomRecord): void {
    const held = this.#held.get(roomId);
    if (!held) return;
    held.record = record;
    held.writing ??= this.#write(roomId, held).finally(() => {
      held.writing = undefined;
    });
  }

  /** Resolves when what has been described is written, or will be once the directory is back. */
  async settled(roomId: string): Promise<void> {
    await this.#held.get(roomId)?.writing;
  }

  /** Lets a room go that has ended. */
  releaseUnused(roomId: string): void {
    const held = this.#held.get(roomId);
    if (!held || held.users > 0 || this.#isInUse(roomId)) return;
    this.#forget(roomId);
    if (held.claim) void this.#directory.release(held.claim);
  }

  #claim(roomId: string): Held {
    const held: Held = {
      claimed: Promise.resolve(),
      inherited: undefined,
      restoringUntil: 0,
      users: 0,
      record: {},
      written: '{}',
      writing: undefined,
    };
    this.#held.set(roomId, held);
    held.claimed = this.#take(roomId, held);
    return held;
  }

  async #take(roomId: string, held: Held): Promise<void> {
    const name = this.#nameOf(roomId);
    try {
      const before = await this.#directory.find('rooms', name);
      const left = before && before.owner !== this.#directory.id ? recordOf(before) : undefined;
      const claimed = await this.#directory.claim('rooms', name, left ?? {});
      if ('heldBy' in claimed) throw new MeshliftError('STALE_OWNER');
      held.claim = claimed.claim;
      this.#roomOf.set(name, roomId);
      if (!left) return;
      held.inherited = left;
      held.restoringUntil = performance.now() + RESTORING_FOR_MS;
      held.written = JSON.stringify(left);
    } catch (error) {
      if (this.#held.get(roomId) === held) this.#held.delete(roomId);
      throw error;
    }
  }

  /** What comes while a write is under way is written together. */
  async #write(roomId: string, held: Held): Promise<void> {
    await undefined;
    for (;;) {
      const { claim, record } = held;
      const text = JSON.stringify(record);
      if (!claim || text === held.written || this.#held.get(roomId) !== held) return;
      held.written = text;
      try {
        await this.#directory.update(claim, record);
      } catch (error) {
        // One that is lost is reported as such, and what could not be written is written when the directory is back.
        const { code } = MeshliftError.from(error);
        if (code === 'INTERNAL') this.#logger.error({ err: error }, 'a room could not be described');
        if (code === 'STALE_OWNER') return;
      }
    }
  }

  #forget(roomId: string): void {
    const claim = this.#held.get(roomId)?.claim;
    this.#held.delete(roomId);
    if (claim) this.#roomOf.delete(claim.name);
  }

  #nameOf(roomId: string): string {
    return this.#names.nameOf('rooms', roomId);
  }
}

function recordOf({ mode, choice, epoch, locked, hostHash }: RoomRecord): RoomRecord {
  return { mode, choice, epoch, locked, hostHash };
}
