/** What a worker sends at once: the packets of a picture or of a piece of sound, each of them to every viewer. */
export interface Burst {
  viewers: number;
  packets: number;
  /** How often it comes. */
  perSecond: number;
}

/** What a number of bursts are to whoever shares a worker with them. */
export interface Work {
  /** Share of one core. */
  share: number;
  /** Mean backlog of one burst when the next arrives, in ms. */
  backlogMs: number;
}

export const NO_WORK: Work = { share: 0, backlogMs: 0 };

/**
 * What it is assumed to take to send one packet to one viewer, in ms: a core forwards 110,000 to 180,000 packets a
 * second. On a faster or slower machine viewers are spread later or sooner; evenly they are spread all the same.
 */
const PACKET_MS = 0.006;

/** Beyond this the mean waiting time says nothing any more: the worker does not keep up. */
const HIGHEST_SHARE = 0.99;

export function workOf(burst: Burst): Work {
  const length = lengthOf(burst);
  const share = (burst.perSecond * length) / 1_000;
  return { share, backlogMs: (share * length) / 2 };
}

export function sumOfWork(works: Iterable<Work>): Work {
  let { share, backlogMs } = NO_WORK;
  for (const work of works) {
    share += work.share;
    backlogMs += work.backlogMs;
  }
  return { share, backlogMs };
}

export const subtractWork = (all: Work, some: Work): Work => ({
  share: all.share - some.share,
  backlogMs: all.backlogMs - some.backlogMs,
});

/**
 * Predicts how long a worker keeps the last packet of the slowest of some bursts, for its last viewer, in ms: as long
 * as sending that burst takes, and on average what is still to be sent of other bursts before it, which is the
 * waiting time of a queue that serves in order of arrival (Pollaczek and Khinchine).
 *
 * @param bursts those of one relay; 0 is predicted for none
 * @param beside all others on the worker
 * @param utilisation measured share of one core; what is worked out counts where it is more
 */
export function predictDelay(bursts: readonly Burst[], beside: Work, utilisation: number): number {
  const works = bursts.map(workOf);
  const all = sumOfWork([...works, beside]);
  const idle = 1 - Math.min(HIGHEST_SHARE, Math.max(utilisation, all.share));
  const delays = bursts.map((burst, index) => {
    const others = Math.max(0, all.backlogMs - (works[index]?.backlogMs ?? 0));
    return lengthOf(burst) + others / idle;
  });
  return Math.max(0, ...delays);
}

const lengthOf = ({ viewers, packets }: Burst) => viewers * packets * PACKET_MS;
