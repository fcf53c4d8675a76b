/** What is known of a media node when something is to be placed. */
export interface NodeFacts {
  /** Where it is, as its operator calls it. */
  region: string;
  /** `draining`: it takes no new work. */
  state: 'up' | 'draining';
  /** Share of its capacity in use, 0 to 1, with what has been placed there since it said so. */
  load: number;
}

export interface Candidate<N> {
  node: N;
  facts: NodeFacts;
  /** Whether it has viewers of the relay already, or its ingests. */
  carries: boolean;
  /** Whether it is in this process. */
  own: boolean;
}

/** Above this a node takes nothing new. */
const FULL = 0.95;

/** Above this a node is chosen for its load alone: key frames and handshakes come in waves. */
const BUSY = 0.7;

/**
 * Chooses a node for a viewer or a publisher. Those of this region come first. Viewers of a relay stay together while a
 * node that carries it has headroom: each other node costs a pipe. After that comes the node of this process, which is
 * one hop less, then the less loaded of two at random: doors that choose at the same time do not all choose the same.
 *
 * @param region where the client's door is
 * @param random 0 to 1, exclusive
 * @returns `undefined` when every node is full or draining
 */
export function chooseNode<N>(
  candidates: readonly Candidate<N>[],
  { region, random = Math.random }: { region: string; random?: () => number },
): N | undefined {
  const feasible = candidates.filter(({ facts }) => facts.state === 'up' && facts.load < FULL);
  const near = feasible.filter(({ facts }) => facts.region === region);
  const reachable = near.length > 0 ? near : feasible;
  const calm = reachable.filter(({ facts }) => facts.load < BUSY);
  const carrying = calm.filter(({ carries }) => carries);
  const chosen = lessLoaded(carrying) ?? calm.find(({ own }) => own) ?? lessLoaded(twoOf(reachable, random));
  return chosen?.node;
}

function twoOf<T>(all: readonly T[], random: () => number): T[] {
  if (all.length <= 2) return [...all];
  const first = Math.floor(random() * all.length);
  const second = (first + 1 + Math.floor(random() * (all.length - 1))) % all.length;
  return [first, second].flatMap((index) => all[index] ?? []);
}

function lessLoaded<N>(candidates: readonly Candidate<N>[]): Candidate<N> | undefined {
  let least: Candidate<N> | undefined;
  for (const candidate of candidates) {
    if (!least || candidate.facts.load < least.facts.load) least = candidate;
  }
  return least;
}
