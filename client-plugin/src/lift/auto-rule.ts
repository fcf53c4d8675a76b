import type { Advice, RoomMode } from '@meshlift/protocol';

/** What a page measured of its own sending, averaged over about a second. */
export interface Effort {
  mode: RoomMode;
  /** How many others there are to send to. */
  receivers: number;
  /** Bits a second that leave this page, over all links. */
  sentBps: number;
  /** Bits a second that the browser's congestion control takes its uplink for, over all links; undefined while it does not know. */
  availableBps: number | undefined;
  /** Bits a second of one copy of the picture in full size, with the sound. */
  copyBps: number;
  /** Seconds that encoding takes of each second, over all links. */
  encodeShare: number;
  /** What keeps the browser from a better picture, on any link. */
  limitedBy: 'none' | 'bandwidth' | 'cpu';
}

/**
 * Shares of the uplink, and of the time of one core. Each has two thresholds: one that is crossed for something
 * to begin to count, and one behind it that must be crossed again for it to end.
 */
const thresholds = {
  /** An uplink that is used to this share has nothing left for another copy. */
  full: { begins: 0.8, ends: 0.65 },
  /** A mesh must need no more than this share of the uplink for a room to be put back onto it. */
  easy: { begins: 0.6, ends: 0.75 },
  /** Encoding for this share of the time leaves a page no rest. */
  busy: { begins: 0.75, ends: 0.6 },
};

/** How long something must hold before it counts. Lowering asks for more: it can wait. */
const LIFT_AFTER_MS = 4_000;
const LOWER_AFTER_MS = 10_000;

/**
 * What a page advises about the mode of its room, from measurements of its own. One that strains wants the
 * room lifted; one for which a mesh would be easy has nothing against lowering. What begins to count must hold
 * for a while, and ends only well behind where it began, so that advice does not come and go.
 */
export class AutoRule {
  #advice: Advice = 'stay';
  #candidate: Advice = 'stay';
  #since = 0;

  get advice(): Advice {
    return this.#advice;
  }

  /** A room has switched: what was measured before says nothing about now. */
  reset(): void {
    this.#advice = 'stay';
    this.#candidate = 'stay';
  }

  /** @param now milliseconds of any clock that only goes forward */
  take(effort: Effort, now: number): Advice {
    const judged = judge(effort, this.#candidate !== 'stay' ? 'ends' : 'begins');
    if (judged !== this.#candidate) {
      this.#candidate = judged;
      this.#since = now;
    }
    const patience = { lift: LIFT_AFTER_MS, lower: LOWER_AFTER_MS, stay: 0 }[judged];
    if (now - this.#since >= patience) this.#advice = judged;
    return this.#advice;
  }
}

/**
 * What a mesh would take of the uplink, where nobody knows whether it has so much: the browser's estimate grows
 * with what is sent, and on the relay that is one copy. Undefined where there is nothing to find out.
 *
 * @returns bits a second
 */
export function uplinkToFindOut(effort: Effort): number | undefined {
  const { mode, receivers, availableBps = 0, copyBps, limitedBy } = effort;
  const wanted = (receivers * copyBps) / thresholds.easy.begins;
  return mode === 'sfu' && limitedBy === 'none' && receivers > 1 && wanted > availableBps
    ? wanted
    : undefined;
}

/** Which threshold is to be crossed next. */
type Next = 'begins' | 'ends';

function judge(effort: Effort, next: Next): Advice {
  if (effort.mode === 'mesh') return strains(effort, next) ? 'lift' : 'stay';
  return meshWouldBeEasy(effort, next) ? 'lower' : 'stay';
}

/** With one receiver there is one copy to send either way: the relay would take no load off. */
function strains(effort: Effort, next: Next): boolean {
  const { receivers, sentBps, availableBps, encodeShare, limitedBy } = effort;
  if (receivers < 2) return false;
  const isFull = availableBps !== undefined && sentBps >= thresholds.full[next] * availableBps;
  return (limitedBy === 'bandwidth' && isFull) || limitedBy === 'cpu' || encodeShare > thresholds.busy[next];
}

function meshWouldBeEasy(effort: Effort, next: Next): boolean {
  const { receivers, availableBps, copyBps, encodeShare, limitedBy } = effort;
  if (limitedBy !== 'none') return false;
  // Each copy of a mesh is encoded by itself, and takes about as long as all layers of the relay's together.
  if (receivers * encodeShare > thresholds.busy.begins) return false;
  if (receivers < 2 || copyBps === 0) return true;
  return availableBps !== undefined && receivers * copyBps <= thresholds.easy[next] * availableBps;
}
