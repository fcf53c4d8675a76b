import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Candidate, chooseNode } from './node-choice.ts';

function candidate(
  node: string,
  {
    region = 'here',
    load = 0.1,
    state = 'up' as const,
    carries = false,
    own = false,
  }: Partial<Candidate<string>['facts'] & { carries: boolean; own: boolean }> = {},
): Candidate<string> {
  return { node, facts: { region, load, state }, carries, own };
}

const choose = (candidates: Candidate<string>[], random = () => 0) =>
  chooseNode(candidates, { region: 'here', random });

it('prefers this region, whatever the load of others', () => {
  expect(choose([candidate('far', { region: 'there', load: 0 }), candidate('near', { load: 0.9 })])).toBe(
    'near',
  );
});

it('uses another region rather than a node that is full', () => {
  expect(choose([candidate('far', { region: 'there' }), candidate('near', { load: 0.96 })])).toBe('far');
});

it('keeps the viewers of a relay together while the node has headroom', () => {
  const carrying = candidate('carrying', { carries: true, load: 0.6 });
  expect(choose([candidate('own', { own: true }), carrying, candidate('idle', { load: 0 })])).toBe(
    'carrying',
  );
  const busy = candidate('carrying', { carries: true, load: 0.8 });
  expect(choose([candidate('own', { own: true }), busy, candidate('idle', { load: 0 })])).toBe('own');
});

it('prefers the node of this process to others that do not carry the relay', () => {
  expect(choose([candidate('idle', { load: 0 }), candidate('own', { own: true, load: 0.6 })])).toBe('own');
});

it('takes the less loaded of two at random', () => {
  const three = [candidate('a', { load: 0.5 }), candidate('b', { load: 0.2 }), candidate('c', { load: 0 })];
  expect(choose(three, () => 0)).toBe('b');
});

it('gives nothing to nodes that are draining or full', () => {
  const gone = [candidate('draining', { state: 'draining', carries: true }), candidate('full', { load: 1 })];
  expect(choose(gone as Candidate<string>[])).toBeUndefined();
  expect(choose([])).toBeUndefined();
});

it('whatever the nodes are like, chooses one that takes new work, of this region if there is any', () => {
  const any = fc.record({
    node: fc.uuid(),
    facts: fc.record({
      region: fc.constantFrom('here', 'there'),
      state: fc.constantFrom('up' as const, 'draining' as const),
      load: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    carries: fc.boolean(),
    own: fc.boolean(),
  });
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.array(any, { maxLength: 12 }), random, (candidates, value) => {
      const chosen = chooseNode(candidates, { region: 'here', random: () => value });
      const takes = candidates.filter(({ facts }) => facts.state === 'up' && facts.load < 0.95);
      const near = takes.filter(({ facts }) => facts.region === 'here');
      const allowed = near.length > 0 ? near : takes;
      if (allowed.length === 0) expect(chosen).toBeUndefined();
      else expect(allowed.map(({ node }) => node)).toContain(chosen);
    }),
  );
});
