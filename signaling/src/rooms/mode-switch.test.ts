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
  const hosts = { present: true };
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
      stuck: ({ waitingFor, failures }) => {
        const unable = failures.map(({ participantId }) => participantId);
        told.push(['stuck:', ...waitingFor, ...(unable.length > 0 ? ['unable:', ...unable] : [])].join(' '));
        return hosts.present;
      },
    },
  });
  modeSwitch.begin();
  return { modeSwitch, told, failed, away, hosts };
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

const unable = { name: 'failed' as const, reason: 'no way to the relay' };

it('asks the host about one who cannot follow once everybody else has reported, and goes on without them', () => {
  const { modeSwitch, told, failed } = begin('anna', 'ben');
  modeSwitch.report('ben', unable);
  expect(told).toEqual(['preflight']);
  modeSwitch.report('anna', ready);
  expect(told).toEqual(['preflight', 'stuck: unable: ben']);
  modeSwitch.decide(true);
  modeSwitch.report('anna', over);
  expect(told.slice(2)).toEqual(['move', 'commit']);
  // Everybody learns with the move whose media need not be waited for.
  expect(failed).toEqual([{ participantId: 'ben', reason: unable.reason }]);
});

it('goes back for one who cannot follow when the host says so, or nothing for 15 seconds, and says why', () => {
  for (const decide of [true, false]) {
    const { modeSwitch, told, failed } = begin('anna', 'ben');
    modeSwitch.report('anna', ready);
    modeSwitch.report('ben', unable);
    if (decide) modeSwitch.decide(false);
    else vi.advanceTimersByTime(14_999);
    if (!decide) expect(told).toEqual(['preflight', 'stuck: unable: ben']);
    vi.advanceTimersByTime(1);
    expect(told.at(-1)).toBe('abort');
    expect(failed).toEqual([{ participantId: 'ben', reason: unable.reason }]);
  }
});

it('goes back at once when one cannot follow and no host is there', () => {
  const { modeSwitch, told, hosts } = begin('anna', 'ben');
  hosts.present = false;
  modeSwitch.report('anna', ready);
  modeSwitch.report('ben', unable);
  expect(told.at(-1)).toBe('abort');
});

it('waits on for those who are late when no host is there', () => {
  const { modeSwitch, told, hosts } = begin('anna', 'ben');
  hosts.present = false;
  modeSwitch.report('anna', ready);
  vi.advanceTimersByTime(20_000);
  modeSwitch.report('ben', ready);
  expect(told.at(-1)).toBe('move');
});

it('takes back that one cannot follow, when they can after all', () => {
  const { modeSwitch, told } = begin('anna', 'ben');
  modeSwitch.report('anna', ready);
  modeSwitch.report('ben', unable);
  modeSwitch.report('ben', ready);
  expect(told.at(-1)).toBe('move');
});

it('takes a decision only about those it has asked about', () => {
  const { modeSwitch, told } = begin('anna', 'ben');
  modeSwitch.decide(true);
  modeSwitch.decide(false);
  expect(told).toEqual(['preflight']);
  modeSwitch.report('anna', unable);
  modeSwitch.report('ben', ready);
  modeSwitch.report('anna', ready);
  modeSwitch.decide(false);
  expect(told.at(-1)).toBe('move');
});

it('goes back when nobody would be left to go on', () => {
  const { modeSwitch, told } = begin('anna');
  modeSwitch.report('anna', unable);
  modeSwitch.decide(true);
  expect(told.at(-1)).toBe('abort');
});

it('knows who sends by one path at a time', () => {
  const { modeSwitch } = begin('anna', 'ben');
  modeSwitch.report('anna', { ...ready, singleEncode: true });
  modeSwitch.report('ben', ready);
  expect(modeSwitch.singleEncoders).toEqual(['anna']);
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
