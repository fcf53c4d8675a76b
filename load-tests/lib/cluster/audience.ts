import { Child } from '../machine/child.ts';
import type { AudienceTasks, Course } from './audience-process.ts';

export type { Course } from './audience-process.ts';

/** Viewers that come back by themselves, in a process of their own, with what they have seen and when. */
export class Audience {
  readonly #child: Child<AudienceTasks>;

  static async start(): Promise<Audience> {
    return new Audience(await Child.start<AudienceTasks>(new URL('audience-process.ts', import.meta.url)));
  }

  private constructor(child: Child<AudienceTasks>) {
    this.#child = child;
  }

  get tasks(): Child<AudienceTasks>['tasks'] {
    return this.#child.tasks;
  }

  /** @throws Error when one of them does not play in time */
  async settle(withinMs = 20_000): Promise<void> {
    if (await this.tasks.playing(withinMs)) return;
    const courses = await this.tasks.courses(Date.now() - withinMs);
    const still = courses.filter(({ gap }) => gap > 500);
    const why = still.flatMap(({ refusals }) => refusals).at(-1) ?? 'nobody refused them';
    throw new Error(`${still.length} of ${courses.length} viewers do not play: ${why}`);
  }

  courses(since: number): Promise<Course[]> {
    return this.tasks.courses(since);
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}
