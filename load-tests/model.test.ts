import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readResults } from './lib/report/result-files.ts';
import { comparisons, deviation, sizeFacts } from './lib/report/size-facts.ts';
import { type Limit, loadOn, type SizeQuestion, sizeOf } from './model.ts';

const reference = readResults(join(import.meta.dirname, 'reference'));
const facts = sizeFacts(reference);
if (!facts) throw new Error('the reference run is not complete');

const question: SizeQuestion = {
  viewers: 1e6,
  joinsPerSecond: 1_000,
  toViewer: facts.stream,
  node: { cores: 16, workers: 16, line: 1e10 },
  measured: facts.measured,
  delayLimit: 0.01,
  maxBranches: 8,
};

const flow = fc.record({
  bitRate: fc.integer({ min: 50_000, max: 20_000_000 }),
  packetsPerSecond: fc.integer({ min: 50, max: 2_500 }),
  packetsPerFrame: fc.integer({ min: 1, max: 80 }),
});

/** Any question that a node can be asked: its line and its cores carry a pipe and a viewer. */
const questions: fc.Arbitrary<SizeQuestion> = fc.record({
  viewers: fc.integer({ min: 0, max: 10_000_000 }),
  joinsPerSecond: fc.integer({ min: 0, max: 100_000 }),
  toViewer: flow,
  throughPipe: flow,
  node: fc.record({
    cores: fc.integer({ min: 1, max: 128 }),
    workers: fc.integer({ min: 1, max: 128 }),
    line: fc.integer({ min: 100_000_000, max: 100_000_000_000 }),
  }),
  measured: fc.record({
    packetsPerCpuSecond: fc.integer({ min: 20_000, max: 1_000_000 }),
    joinsPerCpuSecond: fc.integer({ min: 100, max: 10_000 }),
    coresPerIdleViewer: fc.constant(facts.measured.coresPerIdleViewer),
  }),
  delayLimit: fc.double({ min: 0.005, max: 0.1, noNaN: true }),
  maxBranches: fc.integer({ min: 1, max: 32 }),
});

/** What so many nodes may use of one of their limits, and what the audience and the pipes use. */
function use(limit: Limit, asked: SizeQuestion, nodes: number): { allowed: number; used: number } {
  const { node, viewers, toViewer, throughPipe = toViewer, measured, delayLimit, maxBranches } = asked;
  const feeding = node.workers > 1 ? Math.ceil((nodes - 1) / maxBranches) : 0;
  const seconds = viewers * toViewer.packetsPerSecond + 2 * (nodes - 1) * throughPipe.packetsPerSecond;
  const each = viewers / (nodes * node.workers - feeding);
  const uses = {
    line: {
      allowed: nodes * node.line * 0.8,
      used: viewers * toViewer.bitRate + (nodes - 1) * throughPipe.bitRate,
    },
    cores: { allowed: nodes * node.cores * 0.66, used: seconds / measured.packetsPerCpuSecond },
    delay: { allowed: delayLimit, used: (each * toViewer.packetsPerFrame) / measured.packetsPerCpuSecond },
  };
  return uses[limit];
}

const LIMITS: readonly Limit[] = ['delay', 'cores', 'line'];

describe('the size of a cluster', () => {
  it('is what a node carries by its tightest limit, and the tree that is made of such nodes', () => {
    const size = sizeOf(question);
    expect(size).toMatchObject({ viewersPerNode: 6_153, binds: 'line', nodes: 163, depth: 3 });
    expect(size.egress).toBeCloseTo(1e6 * 1.3e6 + 162 * 1.3e6, -6);
    expect(sizeOf({ ...question, node: { cores: 4, workers: 4, line: 1e9 } }).viewersPerNode).toBe(615);
    expect(sizeOf({ ...question, node: { ...question.node, workers: 4 } })).toMatchObject({ binds: 'delay' });
    expect(sizeOf({ ...question, node: { ...question.node, cores: 4 } })).toMatchObject({ binds: 'cores' });
    expect(sizeOf({ ...question, viewers: 6_153 })).toMatchObject({ nodes: 1, depth: 0, betweenNodes: 0 });
    expect(sizeOf({ ...question, viewers: 6_154 })).toMatchObject({ nodes: 2, depth: 1 });
  });

  it('stays within every limit, with not one node more than that takes', () => {
    const property = fc.property(questions, (asked) => {
      const { nodes, viewersPerNode, limits } = sizeOf(asked);
      const exceeds = (count: number) =>
        LIMITS.filter((limit) => {
          const { allowed, used } = use(limit, asked, count);
          return used > allowed * (1 + 1e-9);
        });
      expect(exceeds(nodes)).toEqual([]);
      // What is left of a viewer does not count: a hair's breadth below the limit is not enough.
      const one = { ...asked, viewers: asked.viewers + 1 };
      if (nodes > 1) {
        const tooFew = LIMITS.filter((limit) => {
          const { allowed, used } = use(limit, one, nodes - 1);
          return used > allowed * (1 - 1e-9);
        });
        expect(tooFew).not.toEqual([]);
      }
      for (const limit of LIMITS) expect(viewersPerNode).toBeLessThanOrEqual(limits[limit]);
    });
    fc.assert(property, { numRuns: 500 });
  });

  const better: Record<string, (asked: SizeQuestion, times: number) => SizeQuestion> = {
    'more cores': (asked, times) => ({ ...asked, node: { ...asked.node, cores: asked.node.cores * times } }),
    'more workers': (asked, times) => ({
      ...asked,
      node: { ...asked.node, workers: asked.node.workers * times },
    }),
    'a faster line': (asked, times) => ({ ...asked, node: { ...asked.node, line: asked.node.line * times } }),
    'faster cores': (asked, times) => ({
      ...asked,
      measured: { ...asked.measured, packetsPerCpuSecond: asked.measured.packetsPerCpuSecond * times },
    }),
    'more patience': (asked, times) => ({ ...asked, delayLimit: asked.delayLimit * times }),
    'fewer viewers': (asked, times) => ({ ...asked, viewers: Math.floor(asked.viewers / times) }),
    'less to a viewer': (asked, times) => ({
      ...asked,
      throughPipe: asked.throughPipe ?? asked.toViewer,
      toViewer: {
        bitRate: asked.toViewer.bitRate / times,
        packetsPerSecond: asked.toViewer.packetsPerSecond / times,
        packetsPerFrame: asked.toViewer.packetsPerFrame / times,
      },
    }),
    'more branches': (asked, times) => ({ ...asked, maxBranches: asked.maxBranches * times }),
  };

  it.each(Object.entries(better))('never gets larger by %s', (_, improve) => {
    const property = fc.property(questions, fc.integer({ min: 2, max: 8 }), (asked, times) => {
      const [before, after] = [sizeOf(asked), sizeOf(improve(asked, times))];
      expect(after.nodes).toBeLessThanOrEqual(before.nodes);
      expect(after.depth).toBeLessThanOrEqual(before.depth);
      expect(after.viewersPerNode).toBeGreaterThanOrEqual(before.viewersPerNode);
    });
    fc.assert(property, { numRuns: 200 });
  });

  it('has as many levels as a tree of its nodes needs', () => {
    const property = fc.property(questions, (asked) => {
      const { nodes, depth } = sizeOf(asked);
      const within = (levels: number) =>
        Array.from({ length: levels + 1 }, (_, level) => asked.maxBranches ** level).reduce(
          (a, b) => a + b,
          0,
        );
      // A chain of thousands is no tree to add up.
      fc.pre(depth < 500);
      expect(within(depth)).toBeGreaterThanOrEqual(nodes);
      if (depth > 0) expect(within(depth - 1)).toBeLessThan(nodes);
    });
    fc.assert(property);
  });

  it('is refused for nodes that carry nobody beside the pipe that feeds them', () => {
    const node = { cores: 1, workers: 1, line: 1_000_000 };
    expect(() => sizeOf({ ...question, node })).toThrow(RangeError);
  });
});

describe('beside what was measured', () => {
  it('the model is within 15 % of every load of the reference run on one node', () => {
    const compared = comparisons(reference, facts);
    expect(compared.length).toBeGreaterThanOrEqual(9);
    const off = compared.filter((one) => !(Math.abs(deviation(one)) <= 0.15));
    expect(off).toEqual([]);
  });

  it('the cost of an audience grows with it, and spreading it over workers shortens the delay alone', () => {
    const audience = { viewers: 400, toViewer: facts.stream, measured: facts.measured };
    const [one, two] = [loadOn({ workers: 1 }, audience), loadOn({ workers: 2 }, audience)];
    expect(two.cores).toBe(one.cores);
    expect(two.delay).toBeCloseTo(one.delay / 2);
    expect(loadOn({ workers: 1 }, { ...audience, viewers: 200 }).cores).toBeCloseTo(one.cores / 2);
  });
});
