import { setTimeout as wait } from 'node:timers/promises';
import { serveTasks } from '../machine/child.ts';
import { longestGap, type SeenFrame } from '../peers/frame-course.ts';
import { type Fate, SteadyViewer } from '../peers/steady-viewer.ts';

/** What became of one viewer within some time. */
export interface Course extends Fate {
  /** The longest time without a new frame, in ms. */
  gap: number;
  frames: number;
}

/** A viewer that has seen nothing for so long does not play, in ms. */
const STANDS_STILL_MS = 500;
const LOOK_EVERY_MS = 50;
const SHOWS_WITHIN_MS = 20_000;

let viewers: SteadyViewer[] = [];
const now = () => performance.timeOrigin + performance.now();
const plays = ({ frames }: SteadyViewer) => now() - (frames.frames.at(-1)?.at ?? 0) < STANDS_STILL_MS;

const tasks = {
  /**
   * Brings viewers in, spread over so many ms. Resolves when each has been able to show a frame: with how long that took.
   *
   * @throws Error when one of them still shows nothing after 20 s
   */
  async join(doors: readonly string[], streamId: string, count: number, spreadMs = 0): Promise<number[]> {
    const joining = Array.from({ length: count }, () => new SteadyViewer({ doors, streamId }));
    viewers.push(...joining);
    return Promise.all(
      joining.map(async (viewer, index) => {
        await wait((index * spreadMs) / count);
        const from = now();
        await viewer.join();
        while (viewer.frames.frames.length === 0) {
          if (now() - from > SHOWS_WITHIN_MS) throw new Error('a viewer that has come in shows nothing');
          await wait(LOOK_EVERY_MS);
        }
        return (viewer.frames.frames[0]?.at ?? Number.NaN) - from;
      }),
    );
  },

  /** Resolves with whether all play, which it waits for. */
  async playing(withinMs: number): Promise<boolean> {
    for (const deadline = now() + withinMs; now() < deadline; await wait(LOOK_EVERY_MS))
      if (viewers.every(plays)) return true;
    return viewers.every(plays);
  },

  /** What has happened since a time, of the clock that all processes share. */
  courses(since: number): Course[] {
    return viewers.map(({ fate, frames: { frames } }) => ({
      ...fate,
      gap: longestGap(frames, since, now()),
      frames: frames.filter(({ at }) => at >= since).length,
    }));
  },

  /** The frames of each viewer since a time. */
  frames(since: number): SeenFrame[][] {
    return viewers.map(({ frames: { frames } }) => frames.filter(({ at }) => at >= since));
  },

  /** Forgets what has happened so far. */
  forget(): void {
    for (const { frames, fate } of viewers) {
      frames.clear(now() - STANDS_STILL_MS);
      Object.assign(fate, { joins: 0, replaced: 0, refusals: [] });
    }
  },

  async leave(): Promise<void> {
    const leaving = viewers;
    viewers = [];
    await Promise.all(leaving.map((viewer) => viewer.leave()));
  },
};

export type AudienceTasks = typeof tasks;

serveTasks(tasks);
