import { expect, it } from 'vitest';
import { LineMeter } from './line-meter.ts';

const counters = (bytes: Record<string, number>) =>
  [
    'Inter-|   Receive                                                |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls',
    ...Object.entries(bytes).map(
      ([name, sent]) => `${name.padStart(6)}: 999 9 0 0 0 0 0 0 ${sent} 9 0 0 0 0 0 0`,
    ),
    '',
  ].join('\n');

function setUp(mbit: number) {
  const state = { bytes: { lo: 0, eth0: 0, docker0: 0 } as Record<string, number>, now: 0 };
  const meter = new LineMeter({ mbit, read: () => counters(state.bytes), now: () => state.now });
  return { state, meter };
}

it('counts what goes to other machines, and not what goes through containers or stays here', () => {
  const { state, meter } = setUp(100);
  expect(meter.share).toBe(0);
  state.bytes = { lo: 90_000_000, eth0: 5_000_000, docker0: 90_000_000 };
  state.now = 1_000;
  // 40 of the 85 Mbit/s that are for viewers.
  expect(meter.share).toBeCloseTo(40 / 85, 5);
});

it('keeps what it has measured until a second is over, and falls when less is sent', () => {
  const { state, meter } = setUp(100);
  state.bytes.eth0 = 10_000_000;
  state.now = 500;
  expect(meter.share).toBe(0);
  state.now = 1_000;
  expect(meter.share).toBeGreaterThan(0.9);
  state.now = 2_000;
  expect(meter.share).toBe(0);
});

it('measures this machine', () => {
  expect(new LineMeter({ mbit: 1_000 }).share).toBe(0);
});
