import type { Advice, RoomMode } from '@meshlift/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AutoMode } from './auto-mode.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const people = (count: number) => Array.from({ length: count }, (_, index) => `person ${index}`);

/** A room on auto that does at once what is chosen for it. */
function room(size: number, mode: RoomMode = 'mesh') {
  const state = { mode, size, switches: [] as RoomMode[], fails: false };
  const look = () => {
    const chosen = auto.choose(state.mode, people(state.size));
    if (!chosen) return;
    const from = state.mode;
    if (!state.fails) state.mode = chosen;
    state.switches.push(chosen);
    auto.switched({ from, mode: state.mode, automatic: true });
  };
  const auto = new AutoMode(look);
  auto.turn(true);
  const all = (advice: Advice) => {
    for (const id of people(state.size)) auto.advise(id, advice);
    look();
  };
  const one = (advice: Advice, id = 'person 0') => {
    auto.advise(id, advice);
    look();
  };
  /** How long the room stays as it is, in seconds, when everybody advises the same all the time. */
  const staysFor = (advice: Advice) => {
    const before = state.switches.length;
    for (let seconds = 0; seconds <= 600; seconds += 1) {
      all(advice);
      if (state.switches.length > before) return seconds;
      vi.advanceTimersByTime(1_000);
    }
    return Number.POSITIVE_INFINITY;
  };
  return { auto, state, look, all, one, staysFor };
}

describe('a mesh', () => {
  it('is lifted by one who suffers', () => {
    const { state, one } = room(4);
    one('stay', 'person 1');
    one('lower', 'person 2');
    expect(state.switches).toEqual([]);
    one('lift', 'person 3');
    expect(state.switches).toEqual(['sfu']);
  });

  it('counts the latest word of each, and nothing of those who have left', () => {
    const { auto, look, state } = room(2);
    auto.advise('person 0', 'lift');
    auto.advise('person 0', 'stay');
    auto.advise('person 1', 'lift');
    auto.left('person 1');
    look();
    expect(state.switches).toEqual([]);
  });

  it('is lifted without a word when there are more than eight', () => {
    const { look, state } = room(8);
    look();
    expect(state.switches).toEqual([]);
    state.size = 9;
    look();
    expect(state.switches).toEqual(['sfu']);
  });
});

describe('a room on the relay', () => {
  it('is lowered when all agree, and not before', () => {
    const { one, state } = room(3, 'sfu');
    one('lower', 'person 0');
    one('lower', 'person 1');
    one('stay', 'person 2');
    expect(state.switches).toEqual([]);
    one('lower', 'person 2');
    expect(state.switches).toEqual(['mesh']);
  });

  it('of more than eight is never lowered', () => {
    const { all, state } = room(9, 'sfu');
    all('lower');
    expect(state.switches).toEqual([]);
  });

  it('forgets what was measured in the mesh', () => {
    const { auto, look, state } = room(2);
    auto.advise('person 1', 'lower');
    auto.advise('person 0', 'lift');
    look();
    vi.advanceTimersByTime(10_000);
    auto.advise('person 0', 'lower');
    look();
    expect(state).toMatchObject({ mode: 'sfu', switches: ['sfu'] });
  });
});

describe('the rest after an automatic switch', () => {
  it('is ten seconds, and what is advised when it is over counts then', () => {
    const { all, state } = room(2);
    all('lift');
    all('lower');
    vi.advanceTimersByTime(9_999);
    expect(state.switches).toEqual(['sfu']);
    vi.advanceTimersByTime(1);
    expect(state.switches).toEqual(['sfu', 'mesh']);
  });

  it('doubles each time the room is back where it was within two minutes', () => {
    const { all, staysFor } = room(2);
    all('lift');
    expect([staysFor('lower'), staysFor('lift'), staysFor('lower'), staysFor('lift')]).toEqual([
      10, 20, 40, 80,
    ]);
  });

  it('stays as it is when the room was back later than that', () => {
    const { all, staysFor } = room(2);
    all('lift');
    vi.advanceTimersByTime(121_000);
    all('lower');
    expect(staysFor('lift')).toBe(10);
  });

  it('doubles while switches come to nothing', () => {
    const { state, all, staysFor } = room(2);
    state.fails = true;
    all('lift');
    expect([staysFor('lift'), staysFor('lift'), staysFor('lift')]).toEqual([10, 20, 40]);
  });

  it('begins again, twice as long, when a relay that was lost puts the room back', () => {
    const { auto, all, state, staysFor } = room(2);
    all('lift');
    vi.advanceTimersByTime(60_000);
    auto.switched({ from: 'sfu', mode: 'mesh', automatic: false });
    state.mode = 'mesh';
    expect(staysFor('lift')).toBe(20);
  });

  it('is never longer than five minutes', () => {
    const { auto, all, staysFor } = room(2);
    all('lift');
    for (let time = 0; time < 10; time += 1) {
      auto.switched({ from: 'sfu', mode: 'mesh', automatic: true });
      auto.switched({ from: 'mesh', mode: 'sfu', automatic: true });
    }
    expect(staysFor('lower')).toBe(300);
  });
});

describe('turned off', () => {
  it('chooses nothing, and leaves no timer behind', () => {
    const { auto, all, state } = room(2);
    all('lift');
    expect(auto.turn(false)).toBe(true);
    expect(auto.turn(false)).toBe(false);
    all('lower');
    expect(state.switches).toEqual(['sfu']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('and on again, it begins anew', () => {
    const { auto, all, state } = room(2);
    all('lift');
    auto.turn(false);
    auto.turn(true);
    all('lower');
    expect(state.switches).toEqual(['sfu', 'mesh']);
  });
});
