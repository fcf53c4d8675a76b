import { setTimeout as wait } from 'node:timers/promises';
import type { Audience, Course } from '../lib/cluster/audience.ts';

/** How long after a fault it counts whether viewers play, in ms: those who are hit have noticed by then. */
const NOTICED_AFTER_MS = 1_500;

/** How long what comes after is watched for a second gap. */
const STEADY_FOR_MS = 500;

/**
 * Does something, and follows what becomes of audiences.
 *
 * @returns of each audience, what became of its viewers from then until all of them play
 * @throws Error when viewers do not play again
 */
export async function coursesDuring(
  audiences: readonly Audience[],
  act: () => unknown,
  { withinMs = 20_000 }: { withinMs?: number } = {},
): Promise<Course[][]> {
  for (const audience of audiences) await audience.settle(withinMs);
  for (const audience of audiences) await audience.tasks.forget();
  const since = performance.timeOrigin + performance.now();
  await act();
  await wait(NOTICED_AFTER_MS);
  for (const audience of audiences) await audience.settle(withinMs);
  await wait(STEADY_FOR_MS);
  return Promise.all(audiences.map((audience) => audience.courses(since)));
}

export const gapsOf = (courses: readonly Course[]) => courses.map(({ gap }) => gap);
