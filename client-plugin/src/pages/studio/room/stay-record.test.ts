import { expect, test } from 'vitest';
import type { Participant, Room } from '../../../index.ts';
import { StayRecord } from './stay-record.ts';

type Seen = Parameters<StayRecord['see']>[0];

const seen = (mode: Room['mode'], others: number, watching = 0): Seen => ({
  mode,
  uplink: mode === 'sfu' ? 'room' : watching > 0 ? 'audience' : 'none',
  participants: Array.from({ length: others }, () => ({}) as Participant),
  audience:
    watching > 0 ? ({ viewers: watching, wanted: true, allowed: true } as Room['audience']) : undefined,
});

function clocked(kept?: StayRecord['kept']) {
  const clock = { now: 0 };
  const record = new StayRecord(kept, () => clock.now);
  const at = (now: number, state: Seen) => {
    clock.now = now;
    record.see(state);
  };
  return { record, at, clock };
}

test('a stay is summed up: its length, the most who were there, and for how long it was relayed', () => {
  const { record, at, clock } = clocked();
  at(1_000, seen('mesh', 0));
  at(2_000, seen('mesh', 3));
  at(10_000, seen('sfu', 2));
  at(15_000, seen('sfu', 1));
  at(40_000, seen('mesh', 1));
  at(50_000, seen('sfu', 1));
  clock.now = 61_000;
  expect(record.summary).toEqual({
    stayMs: 61_000,
    relayedMs: 41_000,
    mostPeople: 4,
    mostWatching: 0,
    ways: ['direct', 'relayed'],
  });
});

test('an audience of a direct room counts as a way of its own', () => {
  const { record, at } = clocked();
  at(1_000, seen('mesh', 1));
  at(2_000, seen('mesh', 1, 5));
  at(3_000, seen('mesh', 1));
  expect(record.summary).toMatchObject({ relayedMs: 0, mostWatching: 5, ways: ['direct', 'audience'] });
});

test('a stay goes on where it was before a reload, and time relayed in between counts', () => {
  const before = clocked();
  before.at(1_000, seen('sfu', 1));
  const after = clocked(JSON.parse(JSON.stringify(before.record.kept)));
  after.at(6_000, seen('sfu', 1));
  after.clock.now = 7_000;
  expect(after.record.summary).toMatchObject({ stayMs: 7_000, relayedMs: 6_000, mostPeople: 2 });
});
