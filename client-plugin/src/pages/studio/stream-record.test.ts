import { expect, test } from 'vitest';
import { StreamRecord } from './stream-record.ts';

test('a stream is summed up from when it was live first to when it was last, with the most who watched', () => {
  let now = 1_000;
  const record = new StreamRecord({}, () => now);
  expect(record.summary).toBeUndefined();
  for (const [at, viewers] of [
    [5_000, 0],
    [8_000, 3],
    [65_000, 1],
  ] as const) {
    now = at;
    record.see(viewers);
  }
  now = 900_000;
  expect(record.summary).toEqual({ liveMs: 60_000, mostViewers: 3 });
});

test('it goes on where it was before a reload', () => {
  const before = new StreamRecord({}, () => 1_000);
  before.see(4);
  const after = new StreamRecord(JSON.parse(JSON.stringify(before.kept)), () => 31_000);
  after.see(2);
  expect(after.summary).toEqual({ liveMs: 30_000, mostViewers: 4 });
});

test('a clock that is put back makes no negative time', () => {
  let now = 10_000;
  const record = new StreamRecord({}, () => now);
  record.see(0);
  now = 2_000;
  record.see(0);
  expect(record.summary?.liveMs).toBe(0);
});
