import { expect, test } from 'vitest';
import { AutoRule, type Effort, uplinkToFindOut } from './auto-rule.ts';

const mesh: Effort = {
  mode: 'mesh',
  receivers: 3,
  sentBps: 2_000_000,
  availableBps: 10_000_000,
  copyBps: 700_000,
  encodeShare: 0.1,
  limitedBy: 'none',
};
const full: Effort = { ...mesh, availableBps: 2_100_000, limitedBy: 'bandwidth' };
const relay: Effort = { ...mesh, mode: 'sfu', sentBps: 1_000_000, availableBps: 5_000_000 };

/** What is advised after each second in which the same was measured. */
function advise(rule: AutoRule, effort: Effort, seconds: number, from = 0) {
  return Array.from({ length: seconds }, (_, second) => rule.take(effort, 1_000 * (from + second)));
}

test('a mesh that has all it wants is left alone, whatever its size', () => {
  expect(new Set(advise(new AutoRule(), { ...mesh, receivers: 20 }, 60))).toEqual(new Set(['stay']));
});

test('an uplink that is used up lifts, after four seconds of it', () => {
  expect(advise(new AutoRule(), full, 6)).toEqual(['stay', 'stay', 'stay', 'stay', 'lift', 'lift']);
});

test('a short squeeze does not', () => {
  const rule = new AutoRule();
  for (let round = 0; round < 20; round += 1) {
    expect(advise(rule, full, 3, round * 4)).not.toContain('lift');
    expect(rule.take(mesh, 1_000 * (round * 4 + 3))).toBe('stay');
  }
});

test('a browser that has begun carefully is not an uplink that is used up', () => {
  expect(advise(new AutoRule(), { ...full, sentBps: 500_000 }, 10)).not.toContain('lift');
});

test.each<[string, Partial<Effort>]>([
  ['an encoder that cannot keep up', { limitedBy: 'cpu' }],
  ['encoding that takes most of the time', { encodeShare: 0.8 }],
])('%s lifts', (_, strain) => {
  expect(advise(new AutoRule(), { ...mesh, ...strain }, 5).at(-1)).toBe('lift');
});

test('two people are not lifted: it would take no load off', () => {
  expect(advise(new AutoRule(), { ...full, receivers: 1, limitedBy: 'cpu' }, 10)).not.toContain('lift');
});

test('a relay that is lightly used lowers, after ten seconds of it', () => {
  const advice = advise(new AutoRule(), relay, 12);
  expect(advice.indexOf('lower')).toBe(10);
});

test.each<[string, Partial<Effort>]>([
  ['copies for all would fill more than six tenths of the uplink', { availableBps: 3_000_000 }],
  ['nobody knows the uplink', { availableBps: undefined }],
  ['the picture is limited already', { limitedBy: 'bandwidth' }],
  ['encoding so many copies would take most of the time', { encodeShare: 0.3 }],
])('a room stays on the relay while %s', (_, reason) => {
  expect(advise(new AutoRule(), { ...relay, ...reason }, 60)).not.toContain('lower');
});

test.each<[string, Partial<Effort>]>([
  ['one who has one other to send to', { receivers: 1, availableBps: undefined }],
  ['one who sends nothing', { sentBps: 0, copyBps: 0, availableBps: undefined }],
])('%s has nothing against a mesh', (_, ease) => {
  expect(advise(new AutoRule(), { ...relay, ...ease }, 12).at(-1)).toBe('lower');
});

test('an uplink at the edge of full makes it advise once, and not to and fro', () => {
  const rule = new AutoRule();
  const advice: string[] = [];
  for (let second = 0; second < 120; second += 1) {
    // Just over and just under the threshold, in turns.
    const edge = { ...full, sentBps: second % 2 === 0 ? 1_690_000 : 1_670_000 };
    advice.push(rule.take(edge, second * 1_000));
  }
  const changes = advice.filter((now, index) => index > 0 && now !== advice[index - 1]);
  expect(changes).toEqual(['lift']);
});

test('on the relay the room for a mesh is to be found out, unless it is known or needless', () => {
  const unknown = { ...relay, availableBps: 1_000_000 };
  expect(uplinkToFindOut(unknown)).toBeCloseTo(3_500_000);
  expect(uplinkToFindOut(relay)).toBeUndefined();
  expect(uplinkToFindOut({ ...unknown, mode: 'mesh' })).toBeUndefined();
  expect(uplinkToFindOut({ ...unknown, receivers: 1 })).toBeUndefined();
  expect(uplinkToFindOut({ ...unknown, limitedBy: 'bandwidth' })).toBeUndefined();
});
