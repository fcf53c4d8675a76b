import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FeedTree } from './feed-tree.ts';

const treeOf = (maxBranches = 2) => new FeedTree({ origin: 'origin', region: 'here', maxBranches });

describe('the tree of feeds', () => {
  it('feeds nodes from the origin while it has branches, then from those nearest to it', () => {
    const tree = treeOf();
    const parents = ['a', 'b', 'c', 'd', 'e'].map((node) => tree.join(node, { region: 'here' }));
    expect(parents).toEqual(['origin', 'origin', 'a', 'a', 'b']);
    expect(tree.depthOf('e')).toBe(2);
  });

  it('crosses to another region once', () => {
    const tree = treeOf(8);
    const parents = ['x', 'y', 'z'].map((node) => tree.join(node, { region: 'there' }));
    expect(parents).toEqual(['origin', 'x', 'x']);
    expect(tree.join('w', { region: 'elsewhere' })).toBe('origin');
  });

  it('finds another parent for a node that has lost its own, never one below itself', () => {
    const tree = treeOf(1);
    for (const node of ['a', 'b', 'c']) tree.join(node, { region: 'here' });
    expect(tree.parentOf('c')).toBe('b');
    tree.leave('a');
    expect(tree.join('b', { region: 'here' })).toBe('origin');
    expect(tree.parentOf('c')).toBe('b');
    expect(tree.depthOf('c')).toBe(2);
  });

  it('avoids a parent that cannot feed, and says so when there is no other', () => {
    const tree = treeOf(1);
    tree.join('a', { region: 'here' });
    expect(tree.join('b', { region: 'here', avoid: new Set(['a']) })).toBeUndefined();
    expect(tree.size).toBe(1);
    expect(tree.join('b', { region: 'here' })).toBe('a');
  });
});

it('however nodes come, go and lose parents, every node that has one is fed by the origin, within the branches', () => {
  const names = Array.from({ length: 12 }, (_, index) => `node ${index}`);
  const step = fc.record({
    node: fc.constantFrom(...names),
    region: fc.constantFrom('here', 'there', 'elsewhere'),
    leaves: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 60 }), (maxBranches, steps) => {
      const tree = treeOf(maxBranches);
      for (const { node, region, leaves } of steps) {
        if (leaves) tree.leave(node);
        else tree.join(node, { region });
        // Those that were below it ask for another parent, as they do when their media stops.
        for (const other of names) {
          if (tree.has(other) && tree.parentOf(other) === undefined) {
            expect(tree.join(other, { region: tree.regionOf(other) ?? '' })).toBeDefined();
          }
        }
        const fed = names.filter((other) => tree.has(other));
        for (const other of fed) expect(tree.depthOf(other)).toBeLessThanOrEqual(fed.length);
        const branches = Map.groupBy(fed, (other) => tree.parentOf(other));
        for (const children of branches.values()) expect(children.length).toBeLessThanOrEqual(maxBranches);
      }
    }),
  );
});
