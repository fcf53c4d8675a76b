import type { SwitchFailure } from '@meshlift/protocol';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ModeSwitch } from './mode-switch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const ready = { name: 'ready' as const };
const over = { name: 'over' as const, gaps: [] };

function begin(...participants: string[]) {
  const told: string[] = [];
  const failed: SwitchFailure[] = [];
  const away = new Set<string>();
  const modeSwitch = new ModeSwitch({
    to: 'sfu',
    epoch: 1,
    participants,
    isConnected: (participantId) => !away.has(participantId),
    listener: {
      phase: (phase, failures) => {
        told.push(phase);
        failed.push(...failures);
      },
      stuck: (waitingFor) => told.push(`stuck: ${waitingFor.join(' ')}`),
    },
  });
  modeSwitch.begin();
  return { modeSwitch, told, failed, away };
}

it('goes on when everybody has reported, and not before', () => {
  const { modeSwitch, told } = begin('anna', 'ben');
  modeSwitch.report('anna', ready);
  modeSwitch.report('anna', ready);
  expect(told).toEqual(['preflight']);
  modeSwitch.report('ben', ready);
  modeSwitch.report('anna', over);
  expect(told).toEqual(['preflight', 'move']);
  modeSwitch.report('ben', over);
  expect(told).toEqual(['preflight', 'move', 'commit']);
});

it("takes no report that is early, late or a stranger's", () => {
  const { modeSwitch, told } = begin('anna', 'ben');
  modeSwitch.report('anna', over);
  modeSwitch.report('stranger', ready);
  modeSwitch.report('ben', ready);
  expect(told).toEqual(['preflight']);
});

it('goes back when one cannot follow, and says who and why', () => {
  const { modeSwitch, told, failed } = begin('anna', 'ben');
  modeSwitch.report('anna', ready);
  modeSwitch.report('ben', { name: 'failed', reason: 'no way to the relay' });
  modeSwitch.report('anna', over);
  expect(told).toEqual(['preflight', 'abort']);
  expect(failed).toEqual([{ participantId: 'ben', reason: 'no way to the relay' }]);
});

it('does not wait for those who leave', () => {
  const { modeSwitch, told } = begin('anna', 'ben');
  modeSwitch.report('anna', ready);
  modeSwitch.left('ben');
  expect(told).toEqual(['preflight', 'move']);
});

it('names who is stuck after ten seconds, and goes on without them if the host says so', () => {
  const { modeSwitch, told } = begin('anna', 'ben');
  modeSwitch.report('anna', ready);
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual(['preflight', 'stuck: ben']);
  modeSwitch.decide(true);
  modeSwitch.report('anna', over);
  expect(told).toEqual(['preflight', 'stuck: ben', 'move', 'commit']);
});

it('goes on without those whose connection is gone after ten seconds, and asks nobody', () => {
  const { modeSwitch, told, away } = begin('anna', 'ben');
  away.add('ben');
  modeSwitch.report('anna', ready);
  vi.advanceTimersByTime(9_999);
  expect(told).toEqual(['preflight']);
  vi.advanceTimersByTime(1);
  modeSwitch.report('anna', over);
  expect(told).toEqual(['preflight', 'move', 'commit']);
});

it('names only those who could do something, when others are gone as well', () => {
  const { told, away } = begin('anna', 'ben');
  away.add('ben');
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual(['preflight', 'stuck: anna']);
});

it('goes back if the host says so, or nothing', () => {
  for (const decide of [true, false]) {
    const { modeSwitch, told, failed } = begin('anna', 'ben');
    modeSwitch.report('anna', ready);
    vi.advanceTimersByTime(10_000);
    if (decide) modeSwitch.decide(false);
    else vi.advanceTimersByTime(15_000);
    expect(told.at(-1)).toBe('abort');
    expect(failed).toEqual([{ participantId: 'ben', reason: 'took too long' }]);
  }
});

it('still goes on when the one who was stuck reports after all', () => {
  const { modeSwitch, told } = begin('anna');
  vi.advanceTimersByTime(10_000);
  modeSwitch.report('anna', ready);
  expect(told).toEqual(['preflight', 'stuck: anna', 'move']);
});

it('leaves no timer behind', () => {
  const { modeSwitch } = begin('anna');
  modeSwitch.report('anna', ready);
  modeSwitch.report('anna', over);
  expect(vi.getTimerCount()).toBe(0);
});
