/**
 * How many machines an audience of one stream needs, from what was measured on one: pure arithmetic, so that it can be
 * asked about machines that nobody has. It knows three limits of a media node (the delay that its last viewer sees,
 * its cores, its line), the pipes between nodes, and what the audience costs the doors.
 */

/** What goes to one viewer, or through one pipe. */
export interface Flow {
  /** Bits a second on the line, packets' headers included. */
  bitRate: number;
  packetsPerSecond: number;
  /** Packets that come at once: those of one frame, on average. */
  packetsPerFrame: number;
}

/** A media node. */
export interface NodeSize {
  cores: number;
  /** mediasoup workers; one for each core is a good choice. */
  workers: number;
  /** What its line carries outwards, in bits a second. */
  line: number;
}

/** What a core of these machines does: measured, see the reference run. */
export interface Measured {
  /** Packets that are forwarded to viewers for each second of CPU (`fan-out`). */
  packetsPerCpuSecond: number;
  /** Viewers that join for each second of CPU of a door (`signaling`). */
  joinsPerCpuSecond: number;
  /** Share of a door's core for each viewer who is just there (`signaling`). */
  coresPerIdleViewer: number;
}

export interface SizeQuestion {
  viewers: number;
  /** How many of them come within a second at most. */
  joinsPerSecond: number;
  /** What each viewer is sent. */
  toViewer: Flow;
  /** What goes from node to node: all layers that anybody wants. @default what a viewer is sent */
  throughPipe?: Flow;
  node: NodeSize;
  measured: Measured;
  /** How much later than the first the last viewer of a worker may have all of a frame, in seconds. */
  delayLimit: number;
  /** How many others a node feeds, at least 1 (`MESHLIFT_MAX_BRANCHES`). */
  maxBranches: number;
}

export type Limit = 'delay' | 'cores' | 'line';

export interface Size {
  /** Viewers of one node that feeds no others, by each of its limits. */
  limits: Record<Limit, number>;
  /** The smallest of these. */
  viewersPerNode: number;
  /** Which one that is. */
  binds: Limit;
  nodes: number;
  /** Pipes between the publisher's node and the one that is farthest from it. */
  depth: number;
  /** What the last viewer waits for at most, on the way through the pipes and in the last worker, in seconds. */
  delay: number;
  /** What all nodes send, in bits a second: to viewers and to each other. */
  egress: number;
  /** The part of it that goes from node to node. */
  betweenNodes: number;
  /** Cores of all doors together. */
  doorCores: number;
}

/** So much of the cores may be used: what comes in bursts needs the rest. */
const CORES_USED = 0.66;

/** So much of the line: its bursts, retransmissions and everything else need the rest. */
const LINE_USED = 0.8;

/** @throws RangeError when one node is not enough, and could carry no viewer beside its pipe: no number of them would do */
export function sizeOf(question: SizeQuestion): Size {
  const { viewers, node, toViewer, throughPipe = toViewer, measured, maxBranches } = question;
  const limits = {
    delay: audienceWithin('delay', question, 1),
    cores: audienceWithin('cores', question, 1),
    line: audienceWithin('line', question, 1),
  };
  const binds = smallest(limits);
  const nodes = fewestNodes(question);
  const depth = depthOf(nodes, maxBranches);
  const betweenNodes = (nodes - 1) * throughPipe.bitRate;
  const perWorker = viewers / (nodes * node.workers - feedingWorkers(question, nodes));
  const hop = Math.min(maxBranches, nodes - 1) * throughPipe.packetsPerFrame;
  return {
    limits,
    viewersPerNode: limits[binds],
    binds,
    nodes,
    depth,
    delay: (perWorker * toViewer.packetsPerFrame + depth * hop) / measured.packetsPerCpuSecond,
    egress: viewers * toViewer.bitRate + betweenNodes,
    betweenNodes,
    doorCores:
      (viewers * measured.coresPerIdleViewer + question.joinsPerSecond / measured.joinsPerCpuSecond) /
      CORES_USED,
  };
}

/** What an audience that is spread evenly over the workers of one node costs. */
export function loadOn(
  { workers }: Pick<NodeSize, 'workers'>,
  { viewers, toViewer, measured }: Pick<SizeQuestion, 'viewers' | 'toViewer' | 'measured'>,
): { cores: number; delay: number } {
  const { packetsPerCpuSecond } = measured;
  return {
    cores: (viewers * toViewer.packetsPerSecond) / packetsPerCpuSecond,
    delay: ((viewers / workers) * toViewer.packetsPerFrame) / packetsPerCpuSecond,
  };
}

/**
 * How many viewers so many nodes carry by one of their limits. A pipe takes of the line and the cores of the node that
 * it comes from, of the cores of the one that it leads to, and keeps viewers off the worker from which a node feeds
 * others, where there are others.
 */
function audienceWithin(limit: Limit, question: SizeQuestion, nodes: number): number {
  const { node, toViewer, throughPipe = toViewer, measured, delayLimit } = question;
  const { packetsPerCpuSecond } = measured;
  const pipes = nodes - 1;
  const all = {
    delay:
      ((nodes * node.workers - feedingWorkers(question, nodes)) * delayLimit * packetsPerCpuSecond) /
      toViewer.packetsPerFrame,
    cores:
      (nodes * CORES_USED * node.cores * packetsPerCpuSecond - 2 * pipes * throughPipe.packetsPerSecond) /
      toViewer.packetsPerSecond,
    line: (nodes * LINE_USED * node.line - pipes * throughPipe.bitRate) / toViewer.bitRate,
  };
  return Math.max(0, Math.floor(all[limit]));
}

const capacity = (question: SizeQuestion, nodes: number): number =>
  Math.min(...(['delay', 'cores', 'line'] as const).map((limit) => audienceWithin(limit, question, nodes)));

const smallest = (limits: Record<Limit, number>): Limit =>
  (['line', 'cores', 'delay'] as const).reduce((least, limit) =>
    limits[limit] < limits[least] ? limit : least,
  );

/** Workers that feed other nodes, and serve no viewers: one for each node that has children and another worker. */
function feedingWorkers({ node, maxBranches }: SizeQuestion, nodes: number): number {
  return node.workers > 1 ? Math.ceil((nodes - 1) / maxBranches) : 0;
}

/** By halving: where a node carries viewers beside its pipe, more nodes never carry fewer. */
function fewestNodes(question: SizeQuestion): number {
  if (capacity(question, 1) >= question.viewers) return 1;
  const { node, toViewer, throughPipe = toViewer, measured } = question;
  const packetsLeft =
    CORES_USED * node.cores * measured.packetsPerCpuSecond - 2 * throughPipe.packetsPerSecond;
  const lineLeft = LINE_USED * node.line - throughPipe.bitRate;
  if (packetsLeft < toViewer.packetsPerSecond || lineLeft < toViewer.bitRate)
    throw new RangeError('A node of this size carries no viewers beside its pipe.');
  let enough = 2;
  while (capacity(question, enough) < question.viewers) enough *= 2;
  let tooFew = enough / 2;
  while (enough - tooFew > 1) {
    const between = Math.ceil((tooFew + enough) / 2);
    if (capacity(question, between) < question.viewers) tooFew = between;
    else enough = between;
  }
  return enough;
}

/** Of a tree in which every node feeds as many as it may before another level begins. */
function depthOf(nodes: number, maxBranches: number): number {
  let depth = 0;
  for (let level = 1, reached = 1; reached < nodes; reached += level) {
    level *= maxBranches;
    depth += 1;
  }
  return depth;
}
