import { expect, it } from 'vitest';
import { LookRounds } from './look-rounds.ts';

it('looks at everybody again and again, at few of them at a time', async () => {
  const rounds = new LookRounds(5);
  const looks = Array.from({ length: 50 }, () => 0);
  const leaves = looks.map((_, index) =>
    rounds.join(() => {
      looks[index] = (looks[index] ?? 0) + 1;
    }),
  );
  expect(rounds.groupCount).toBe(3);
  await expect.poll(() => Math.min(...looks)).toBeGreaterThan(2);
  for (const leave of leaves) leave();
  expect(rounds.groupCount).toBe(0);
});

it('gives the place of one who has left to the next', () => {
  const rounds = new LookRounds(60_000);
  const leaves = Array.from({ length: 20 }, () => rounds.join(() => undefined));
  leaves[3]?.();
  leaves[3]?.();
  leaves.push(rounds.join(() => undefined));
  expect(rounds.groupCount).toBe(1);
  leaves.push(rounds.join(() => undefined));
  expect(rounds.groupCount).toBe(2);
  for (const leave of leaves) leave();
  expect(rounds.groupCount).toBe(0);
});

it('looks at nobody who has left', async () => {
  const rounds = new LookRounds(1);
  let others = 0;
  const leaveOther = rounds.join(() => {
    others += 1;
  });
  const leave = rounds.join(() => expect.fail('looked at one who has left'));
  leave();
  await expect.poll(() => others).toBeGreaterThan(3);
  leaveOther();
});
