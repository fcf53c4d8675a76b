import type { Advice, RoomMode } from '@meshlift/protocol';

/** Past this a mesh asks too much of everybody: each picture is sent once for each of the others. */
export const LARGEST_MESH = 8;

/** How long a room that was moved is left where it is. */
const FIRST_REST_MS = 10_000;
const LONGEST_REST_MS = 5 * 60_000;

/** A room that is back where it was this soon after it was moved would have been left alone better. */
const BACK_WITHIN_MS = 2 * 60_000;

/** A switch that is over, by whatever it was begun. */
export interface PastSwitch {
  /** The room's mode before it, and after. They are the same if it came to nothing. */
  from: RoomMode;
  mode: RoomMode;
  /** Whether it was begun because of what was measured. */
  automatic: boolean;
}

/**
 * The mode a room should have by what its participants measure. One who suffers is enough to lift it; to lower
 * it, all must agree. After each automatic switch there is a rest, which doubles whenever the room was back
 * where it had been soon after, so that it never goes to and fro.
 */
export class AutoMode {
  readonly #restOver: () => void;
  readonly #advices = new Map<string, Advice>();
  #on = false;
  #restMs = FIRST_REST_MS;
  #rest: NodeJS.Timeout | undefined;
  #moved: { from: RoomMode; at: number } | undefined;

  /** @param restOver to be called when `choose` may have another answer because a rest is over */
  constructor(restOver: () => void) {
    this.#restOver = restOver;
  }

  get on(): boolean {
    return this.#on;
  }

  /** Turned on anew, it knows of nothing that was before. @returns whether that is a change */
  turn(on: boolean): boolean {
    if (on === this.#on) return false;
    this.close();
    this.#on = on;
    this.#advices.clear();
    this.#restMs = FIRST_REST_MS;
    this.#moved = undefined;
    return true;
  }

  /** What a participant measures now, in place of what it measured before. */
  advise(participantId: string, advice: Advice): void {
    if (this.#on) this.#advices.set(participantId, advice);
  }

  left(participantId: string): void {
    this.#advices.delete(participantId);
  }

  /** The mode to switch to now, if the room should not stay as it is. */
  choose(mode: RoomMode, participantIds: readonly string[]): RoomMode | undefined {
    if (!this.#on || this.#rest || participantIds.length === 0) return undefined;
    const advices = participantIds.map((id) => this.#advices.get(id));
    const small = participantIds.length <= LARGEST_MESH;
    if (mode === 'mesh') return small && !advices.includes('lift') ? undefined : 'sfu';
    return small && advices.every((advice) => advice === 'lower') ? 'mesh' : undefined;
  }

  /** A switch is over. What was measured before one that was committed says nothing of the room as it is. */
  switched({ from, mode, automatic }: PastSwitch): void {
    if (mode !== from) this.#advices.clear();
    if (!this.#on) return;
    const now = performance.now();
    const moved = this.#moved;
    const isBack = moved !== undefined && moved.from === mode && now - moved.at <= BACK_WITHIN_MS;
    if (isBack) this.#restMs = Math.min(this.#restMs * 2, LONGEST_REST_MS);
    if (automatic) this.#moved = { from, at: now };
    if (automatic || isBack) this.#beginRest();
  }

  close(): void {
    clearTimeout(this.#rest);
    this.#rest = undefined;
  }

  #beginRest(): void {
    this.close();
    this.#rest = setTimeout(() => {
      this.#rest = undefined;
      this.#restOver();
    }, this.#restMs).unref();
  }
}
