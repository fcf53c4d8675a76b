import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LayerDemand } from './layer-demand.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp() {
  const state = { highest: -1 };
  const announced: number[][] = [];
  const demand = new LayerDemand({
    measure: () => state.highest,
    announce: ({ spatialLayers }) => announced.push(spatialLayers),
  });
  const becomes = (highest: number) => {
    state.highest = highest;
    demand.refresh();
  };
  return { demand, announced, becomes };
}

it('wants nothing of a producer that nobody watches', () => {
  const { demand } = setUp();
  expect(demand.track('p', 3).spatialLayers).toEqual([]);
});

it('asks for more at once, with all layers below', () => {
  const { demand, announced, becomes } = setUp();
  demand.track('p', 3);
  becomes(Number.POSITIVE_INFINITY);
  expect(announced).toEqual([[0, 1, 2]]);
});

it('asks for less only after a while', () => {
  const { demand, announced, becomes } = setUp();
  demand.track('p', 3);
  becomes(2);
  becomes(0);
  expect(announced).toEqual([[0, 1, 2]]);
  vi.advanceTimersByTime(2_000);
  expect(announced).toEqual([[0, 1, 2], [0]]);
});

it('says nothing when a viewer leaves and comes back in the meantime', () => {
  const { demand, announced, becomes } = setUp();
  demand.track('p', 3);
  becomes(2);
  becomes(-1);
  vi.advanceTimersByTime(1_000);
  becomes(2);
  vi.advanceTimersByTime(10_000);
  expect(announced).toEqual([[0, 1, 2]]);
});

it('leaves no timer behind', () => {
  const { demand, becomes } = setUp();
  demand.track('p', 3);
  becomes(2);
  becomes(-1);
  demand.close();
  expect(vi.getTimerCount()).toBe(0);
});
