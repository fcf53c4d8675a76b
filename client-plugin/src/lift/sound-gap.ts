import { playedSound } from './sound-clock.ts';

/** Sound of both paths has the rate of Opus (RFC 7587, section 4.1), in samples a millisecond. */
const SAMPLES_PER_MS = 48;

/** Whatever the change of path does to a jitter buffer shows within this time. */
const WATCH_FOR_MS = 300;

/**
 * Hands sound over from one track to another and measures how much of what was to be heard from then on had
 * to be made up. Both tracks are decoded into one mix: between them nothing is lost.
 *
 * @returns milliseconds; undefined where the browser does not tell
 */
export async function soundGapDuring(next: MediaStreamTrack, swap: () => void): Promise<number | undefined> {
  const before = await playedSound(next);
  swap();
  if (!before) return undefined;
  await new Promise((resolve) => setTimeout(resolve, WATCH_FOR_MS));
  const after = await playedSound(next);
  return after && (after.concealed - before.concealed) / SAMPLES_PER_MS;
}
